/** The ways in for webhooks of the payment providers that a role is configured for. */
import type { PaymentConfigs } from '../config.ts';
import { type PaymentProvider, paymentProviders } from '../payments/payment-client.ts';
import { type Unseal, unsealed } from '../payments/wechat-pay-sign.ts';
import { alipayInlet } from './alipay-notice.ts';
import { bankInlet } from './bank-notice.ts';
import type { Inlet } from './inlet.ts';
import { standardWebhooksInlet } from './standard-webhooks-notice.ts';
import { stripeInlet } from './stripe-notice.ts';
import { wechatPayInlet } from './wechat-pay-notice.ts';

const inlets: Readonly<Record<PaymentProvider, (payments: PaymentConfigs, unseal: Unseal) => Inlet>> = {
  alipay: alipayInlet,
  'bank-transfer': bankInlet,
  'standard-webhooks': standardWebhooksInlet,
  stripe: stripeInlet,
  'wechat-pay': wechatPayInlet,
};

/** The way in of each provider that is served. */
export type Inlets = Readonly<Partial<Record<PaymentProvider, Inlet>>>;

/** One way in per provider in `payments`; `unseal` opens what WeChat Pay sealed. */
export const inletsIn = (payments: PaymentConfigs, unseal: Unseal = unsealed): Inlets =>
  Object.fromEntries(
    paymentProviders
      .filter((provider) => payments[provider] !== undefined)
      .map((provider) => [provider, inlets[provider](payments, unseal)]),
  );
