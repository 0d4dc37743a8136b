/** The ways in for webhooks of the payment providers that a role is configured for. */
import type { PaymentConfigs } from '../config.ts';
import type { PaymentProvider } from '../payments/payment-client.ts';
import { alipayInlet } from './alipay-notice.ts';
import type { Inlet } from './inlet.ts';
import { stripeInlet } from './stripe-notice.ts';
import { wechatPayInlet } from './wechat-pay-notice.ts';

/** One way in per provider; undefined for one that is not served. */
export type Inlets = ReadonlyMap<PaymentProvider, Inlet>;

/** The ways in for what is configured. */
export const inletsIn = ({ alipay, stripe, 'wechat-pay': wechatPay }: PaymentConfigs): Inlets => {
  const inlets = [
    ...(alipay ? [alipayInlet(alipay)] : []),
    ...(stripe ? [stripeInlet(stripe)] : []),
    ...(wechatPay ? [wechatPayInlet(wechatPay)] : []),
  ];
  return new Map(inlets.map((inlet) => [inlet.provider, inlet]));
};
