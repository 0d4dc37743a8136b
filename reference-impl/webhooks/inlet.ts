/** How webhooks of a provider become notices that are provably its own and meant for us; all else is refused. */
import type { PaymentProvider } from '../payments/payment-client.ts';

/** An authentic notice. Only a notice of this type may influence an order. */
export interface Notice {
  readonly provider: PaymentProvider;
  readonly eventId: string;
  /** '' in a notice that is about no order. */
  readonly orderId: string;
  readonly tradeNo: string;
  /** The provider's own word for what it tells. */
  readonly status: string;
  /** It says that the buyer's money was taken. */
  readonly isPaid: boolean;
  /** Undefined when it cannot be read as an amount. */
  readonly amountMinor: bigint | undefined;
  readonly currency: string;
}

/** Why a webhook was not believed. */
export const distrusts = ['malformed', 'signature', 'timestamp', 'probe', 'app_id', 'seller_id', 'recipient'] as const;

/** One of the reasons. A probe is a bad signature that the provider sends on purpose, to see it refused. */
export type Distrust = (typeof distrusts)[number];

/** A webhook as it came; `atMs` is when. */
export interface Delivered {
  readonly body: Uint8Array;
  readonly headers: { get(name: string): string | null };
  readonly atMs: number;
}

/** As much of a webhook as tells what it says. */
export type Told = Pick<Delivered, 'body' | 'headers'>;

/** The way in for one provider's webhooks. */
export interface Inlet {
  readonly provider: PaymentProvider;
  /** How the content type of its webhooks begins. */
  readonly contentType: string;
  /** The headers that its signature travels in, without which a body cannot be verified again. */
  readonly signatureHeaders: readonly string[];
  /** Whether there is a signature at all, good or bad. */
  isSigned(delivered: Delivered): boolean;
  /** Why it cannot be the provider speaking. */
  forgeryIn(delivered: Delivered): Distrust | undefined;
  /** For whom else it is, as a reason not to believe it. */
  strayIn(body: Uint8Array): Distrust | undefined;
  /** The notice, without asking who sent it or for whom: for what was verified before. */
  noticeIn(told: Told): Notice | undefined;
  /** The answer that ends the redeliveries, and one that does not. */
  acknowledge(): Response;
  refuse(status: number): Response;
}

/** The notice, or the reason not to believe it. */
export type Authenticate = (inlet: Inlet, delivered: Delivered) => Notice | Distrust;

/** The signature is judged before anything that it covers. */
export const verifiedNotice: Authenticate = (inlet, delivered) =>
  inlet.forgeryIn(delivered) ?? inlet.strayIn(delivered.body) ?? inlet.noticeIn(delivered) ?? 'malformed';
