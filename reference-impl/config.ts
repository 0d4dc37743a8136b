/** What an instance is told at its start, and the times by which it works. */
import type { PaymentProvider } from './payments/payment-client.ts';
import type { CloudId } from './provisioning/cloud.ts';

/** What Alipay issued to us. Keys are PEM, or base64 of the DER inside it. */
export interface AlipayConfig {
  /** The gateway, without query. */
  readonly gatewayUrl: string;
  readonly appId: string;
  readonly appPrivateKey: string;
  readonly alipayPublicKey: string;
  readonly sellerId: string;
}

/** What our bank and we agreed on: keys both ways, and our accounts. The keys are as Alipay's, for Ed25519. */
export interface BankTransferConfig {
  readonly url: string;
  readonly clientKeyId: string;
  readonly clientPrivateKey: string;
  readonly bankKeyId: string;
  readonly bankPublicKey: string;
  readonly ibanCNY: string;
  readonly ibanUSD: string;
}

/** What the generic provider issued to us; as at Stripe, TLS and the endpoint's secret are what we believe. */
export interface StandardWebhooksConfig {
  readonly url: string;
  readonly apiKey: string;
  readonly merchantId: string;
  /** Of the endpoint at which it has our webhook address: `whsec_` and base64. */
  readonly webhookSecret: string;
}

/** What Stripe issued to us; its answers are believed because they come over TLS, its webhooks by the secret. */
export interface StripeConfig {
  readonly url: string;
  readonly secretKey: string;
  /** Of the endpoint at which Stripe has our webhook address. */
  readonly webhookSecret: string;
}

/** What WeChat Pay issued to us; we verify by its public key, not by its certificates. Keys are as Alipay's. */
export interface WechatPayConfig {
  readonly url: string;
  readonly appId: string;
  readonly merchantId: string;
  readonly merchantSerial: string;
  readonly merchantPrivateKey: string;
  /** 32 characters, under which notices are sealed. */
  readonly apiV3Key: string;
  readonly publicKeyId: string;
  readonly publicKey: string;
}

/** What Alibaba Cloud issued to us as a reseller. */
export interface AlibabaCloudConfig {
  readonly url: string;
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
}

/** What Huawei Cloud issued to us, for its APIs for partners and for enterprises. */
export interface HuaweiCloudConfig {
  readonly url: string;
  readonly accessKey: string;
  readonly secretKey: string;
  readonly domainId: string;
}

/** What Tencent Cloud issued to us as a partner, for both of its APIs. */
export interface TencentCloudConfig {
  readonly url: string;
  readonly secretId: string;
  readonly secretKey: string;
}

/** The payment providers that buyers may pay by, each with what it issued. */
export interface PaymentConfigs {
  readonly alipay?: AlipayConfig;
  readonly 'bank-transfer'?: BankTransferConfig;
  readonly 'standard-webhooks'?: StandardWebhooksConfig;
  readonly stripe?: StripeConfig;
  readonly 'wechat-pay'?: WechatPayConfig;
}

/** The clouds at which credit may be granted, each with what it issued. */
export interface CloudConfigs {
  readonly 'alibaba-cloud'?: AlibabaCloudConfig;
  readonly 'huawei-cloud'?: HuaweiCloudConfig;
  readonly 'tencent-cloud'?: TencentCloudConfig;
}

/** A role gets the sections it works with and no others, so that no process holds credentials it never uses. */
export interface Config {
  /** The bearer token of /v1. */
  readonly apiToken?: string;
  readonly payments: PaymentConfigs;
  readonly clouds: CloudConfigs;
  /** The ways to grant that customers may name; the role that answers them holds no credentials of clouds. */
  readonly offers: readonly CloudId[];
  /** The public base URL of the role `webhooks`, which providers are given. */
  readonly webhookUrl?: string;
  /** The same for single providers that come another way. */
  readonly webhookUrls: Readonly<Partial<Record<PaymentProvider, string>>>;
  readonly times: Times;
}

/** The section, or an error that names what the role was started without. */
export const needed = <Sections extends object, Name extends keyof Sections & string>(
  sections: Sections,
  name: Name,
): NonNullable<Sections[Name]> => {
  const section = sections[name];
  if (section === undefined || section === null)
    throw new Error(`this role cannot start without the configuration "${name}"`);
  return section;
};

const secondMs = 1000;
const minuteMs = 60 * secondMs;

/** How long something waits before it happens again, in production. */
const waits = {
  /** Without a webhook, the provider is asked after this; the wait doubles with the order's age. */
  webhookOverdueMs: 10 * minuteMs,
  /** An intent without an answer is sent again within this; doubles with each failure up to the second value. */
  initiationRetryMs: 5 * secondMs,
  initiationRetryMaxMs: 10 * minuteMs,
  /** How often unanswered intents, unfinished webhooks and confirmed payments are looked for. */
  sweepMs: 30 * secondMs,
  grantPollMs: 5 * secondMs,
  /** A failed grant is taken up again within this; doubles with each failure up to the second value. */
  grantRetryMs: 10 * secondMs,
  grantRetryMaxMs: 10 * minuteMs,
  /** An order whose cloud account is busy with another order's grant looks again after this. */
  accountBusyMs: 5 * secondMs,
  /** A breaker lets its first probe through after this; doubles with each probe that fails. */
  breakerOpenMs: 30 * secondMs,
  breakerOpenMaxMs: 10 * minuteMs,
  /** A provider that asks us to wait longer is asked again after this. */
  retryAfterMaxMs: 10 * minuteMs,
  /** One more retry may be made after this, however few other calls there are. */
  retryTokenMs: 5 * secondMs,
  reconcileMs: minuteMs,
  /** An order in one unfinished state for longer than this counts as stuck. */
  stuckMs: 30 * minuteMs,
} as const;

/** How long a piece of work may take before another takes it over or it counts as lost, in production. */
const leases = {
  /** A create request that died is taken over after this. */
  idempotencyLeaseMs: minuteMs,
  /** An intent whose process died before it had the answer is sent again after this. */
  initiationLeaseMs: 30 * secondMs,
  /** A webhook that its own request did not apply is applied by the sweep after this. */
  applyLeaseMs: 30 * secondMs,
  /** A worker that claimed a grant and fell silent loses it after this. */
  grantLeaseMs: minuteMs,
  /**
   * A call to a cloud that had no answer may arrive as long as its signature is taken: five minutes at Tencent Cloud,
   * fifteen at the others. After this it does not arrive any more.
   */
  grantArrivalMs: 16 * minuteMs,
  /** Captured money that is neither credited nor on hold this long after we know of it counts as lost. */
  creditLimitMs: 60 * minuteMs,
} as const;

/** The times by which an instance works, in real milliseconds. */
export type Times = { readonly [Name in keyof (typeof waits & typeof leases)]: number };

/**
 * Production times divided by `timeScale` (1 or more). Waits stay above 20 ms, so that no loop spins; leases above
 * two seconds, because the work they cover does not get any faster.
 */
export const timesFor = (timeScale: number): Times => {
  if (!(timeScale >= 1)) throw new RangeError(`a time scale is 1 or more, not ${timeScale}`);
  const scaled = (times: Readonly<Record<string, number>>, leastMs: number) =>
    Object.entries(times).map(([name, ms]) => [name, Math.max(leastMs, Math.round(ms / timeScale))]);
  return Object.fromEntries([...scaled(waits, 20), ...scaled(leases, 2 * secondMs)]) as Times;
};
