/** The clients of the payment providers that a role is configured for. */
import type { RoleParts } from '../service.ts';
import { alipayClient } from './alipay.ts';
import { bankTransferClient } from './bank-transfer.ts';
import { type PaymentClient, type PaymentClients, type PaymentProvider, paymentProviders } from './payment-client.ts';
import { standardWebhooksClient } from './standard-webhooks.ts';
import { stripeClient } from './stripe.ts';
import { wechatPayClient } from './wechat-pay.ts';

const clients: Readonly<Record<PaymentProvider, (role: RoleParts) => PaymentClient>> = {
  alipay: alipayClient,
  'bank-transfer': bankTransferClient,
  'standard-webhooks': standardWebhooksClient,
  stripe: stripeClient,
  'wechat-pay': wechatPayClient,
};

/** One client per provider in `config.payments`. */
export const paymentClients = (role: RoleParts): PaymentClients =>
  Object.fromEntries(
    paymentProviders
      .filter((provider) => role.config.payments[provider] !== undefined)
      .map((provider) => [provider, clients[provider](role)]),
  );
