/**
 * The provider kind: a mock of an outside party (payment provider or cloud) that speaks its real wire format.
 * A provider is one route table; doors (a socket, msw handlers, the simulated network) carry calls to it.
 */
import type { Clock } from './clock.ts';
import type { Money } from './money.ts';
import type { StepDone } from './route.ts';
import type { Random } from './seed.ts';

/** One HTTP request as a provider sees it. Header names are lower case; `path` is without query. */
export interface Call {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** The query exactly as it was sent, without its `?`: some vendors sign it. */
  readonly rawQuery: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** The answer to a call; `body` is exactly the bytes sent. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** The provider refused what was asked, although the status does not say so. */
  readonly isRefusal?: true;
  /** The answer leaves once this has resolved, which it always does; left out: at once. */
  readonly held?: Promise<void>;
}

/**
 * The connection breaks instead of a whole answer. `before`: the provider did nothing; `afterEffect`: it did
 * everything, no byte of the answer was sent; `midBody`: it did everything, half of `reply.body` was sent.
 */
export type Cut =
  | { readonly cut: 'before' }
  | { readonly cut: 'afterEffect' }
  | { readonly cut: 'midBody'; readonly reply: Reply };

/**
 * What becomes of a call. `afterWebhook`: it is done, its buyer pays at once, and the answer is held until the system
 * has answered the webhook about that payment.
 */
export type CallFate = 'answer' | 'afterWebhook' | Cut['cut'] | Misdeed;

/**
 * A call that goes wrong in another way than by a connection that breaks. `twice`: as if it had been sent again after
 * its first answer was lost; the second answer is given. `late`: the connection breaks, and what was asked is done
 * `afterMs` of the provider's time later. `slow`: done at once, answered `afterMs` of real time later. `stale`:
 * answered from what was known `lagMs` of the provider's time ago; of queries only. `moved`: a page of a list, without
 * the newest `entries`, which the pages before or after it have. `spoil`: answered with one of the provider's spoilt
 * answers; `isDone` has the call done where the spoilt answer alone would leave it undone.
 */
export type Misdeed =
  | { readonly how: 'twice' }
  | { readonly how: 'late' | 'slow'; readonly afterMs: number }
  | { readonly how: 'stale'; readonly lagMs: number }
  | { readonly how: 'moved'; readonly entries: number }
  | { readonly how: 'spoil'; readonly spoil: string; readonly isDone: boolean };

/**
 * A call about to be handled. `reference` is the client's own name for the intent (out_trade_no, OutBizId); where a
 * grant cannot be named, cloud account and amount; or ''.
 */
export interface CallPoint {
  readonly operation: string;
  readonly reference: string;
  /** 1 for the first call of this operation with this reference. */
  readonly nth: number;
  /** Real milliseconds since that first call. */
  readonly sinceFirstMs: number;
}

/** A webhook about to be sent for the first time; `eventId` stays the same over the provider's own retries. */
export interface WebhookPoint {
  readonly reference: string;
  readonly eventId: string;
}

/** What happens to a webhook: never sent, or sent now and again after each of `copiesAfterMs` (real milliseconds). */
export interface WebhookFate {
  readonly lost: boolean;
  readonly copiesAfterMs: readonly number[];
  /** The copies are webhooks of their own about the same fact, under new ids. */
  readonly areCopiesRenumbered?: boolean;
  /** The first attempt leaves so much later, by the provider's clock. */
  readonly lateMs?: number;
  /** The first attempt waits for the provider's next webhook to leave, at most so long by the provider's clock. */
  readonly overtakenWithinMs?: number;
  /** The first attempt's bytes once more, so much later by the provider's clock. */
  readonly replaysAfterMs?: readonly number[];
  /** Says something wrong, signed as if it were right; one of the provider's `falsehoods`. */
  readonly falsehood?: string;
  /** The first attempt and its copies are no longer authentic; one of the provider's tampers. */
  readonly tamper?: string;
}

/** What happens to a webhook to which several things happen; of what can be only one thing, the first counts. */
export const joinedFates = (fates: readonly WebhookFate[]): WebhookFate => {
  const replaysAfterMs = fates.flatMap((fate) => fate.replaysAfterMs ?? []);
  return {
    ...Object.assign({}, ...fates.toReversed()),
    lost: fates.some((fate) => fate.lost),
    copiesAfterMs: fates.flatMap((fate) => fate.copiesAfterMs),
    ...(replaysAfterMs.length > 0 && { replaysAfterMs }),
  };
};

/** A payment about to be captured: what the buyer was asked for. */
export interface CapturePoint {
  readonly reference: string;
  readonly amountMinor: bigint;
  readonly currency: string;
}

/**
 * What a payer gets wrong about the reference of a transfer: he leaves it out, or one character of it is another.
 */
export type Misnaming = 'unnamed' | 'mistyped';

/**
 * What is not authentic about a webhook. The changed ones were genuine before, about a purchase of the stranger's own;
 * the one of the other merchant still is, but the provider did not sign it for us.
 */
export type Forgery = 'unsigned' | 'foreign key' | 'changed amount' | 'changed order' | 'other merchant';

/** A webhook that a stranger sends about an order, `afterMs` of real time since the provider knows it or was paid. */
export interface ForgedWebhook {
  readonly forgery: Forgery;
  readonly since: 'ordered' | 'paid';
  readonly afterMs: number;
}

/**
 * Something that a provider has just done: the operation of that name, before its answer leaves; as `webhook`, the
 * `nth` attempt to deliver one, which is now on its way; as `acknowledgement`, that it heard that one was received.
 */
export interface Moment {
  readonly operation: string;
  readonly reference: string;
  readonly nth: number;
}

/** Where faults act. A provider asks at each point, and tells each moment; the default answers do no harm. */
export interface FaultSite {
  onCall(point: CallPoint): CallFate;
  onWebhook(point: WebhookPoint): WebhookFate;
  /** The amount that the provider really captures and reports. */
  onCapture(point: CapturePoint): bigint;
  /** What is wrong with the reference that the payer of this order writes; only providers at which people write one. */
  onTransfer?(point: { readonly reference: string }): Misnaming | undefined;
  /** What strangers will send about an order that the provider has just heard of, and which is not paid yet. */
  onOrder(point: { readonly reference: string }): readonly ForgedWebhook[];
  /** Hears what was done; whatever follows from it happens to the system, not to the provider. */
  onMoment(moment: Moment): void;
}

/** The site at which nothing goes wrong. */
export const noFaults: FaultSite = {
  onCall: () => 'answer',
  onWebhook: () => ({ lost: false, copiesAfterMs: [] }),
  onCapture: (point) => point.amountMinor,
  onOrder: () => [],
  onMoment: () => undefined,
};

/** A webhook on its way out: the URL that the client gave, and the exact bytes. */
export interface OutgoingWebhook {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly reference: string;
  readonly eventId: string;
  /** The vendor's word for what it tells, where it has one. */
  readonly type?: string;
  /** 1 for the first attempt; the copies that a fault adds are not attempts of the provider (0). */
  readonly attempt: number;
  /** How long the provider waits for the answer, in real milliseconds; left out: as long as its world lets it. */
  readonly answerWithinMs?: number;
  /** Set when the provider did not send it; `paymentId` is the payment that it claims. */
  readonly forged?: { readonly forgery: Forgery; readonly paymentId: string };
  /** What was made wrong in these bytes on purpose: a falsehood, a tamper. */
  readonly spoilt?: string;
}

/** The receiver's answer; `status` 0 when no answer came. */
export interface WebhookAnswer {
  readonly status: number;
  readonly body: string;
  /** The header `Retry-After`, where there was one. */
  readonly retryAfter?: string;
}

/** What an open provider needs from its world. */
export interface ProviderPorts {
  /** Dates, schedules and signature windows all follow this clock. */
  readonly clock: Clock;
  /** Real time of the machine, for records and for the delays that faults ask for. */
  readonly wall: Clock;
  readonly random: Random;
  readonly site: FaultSite;
  /** Posts a webhook; never rejects. */
  readonly deliver: (webhook: OutgoingWebhook) => Promise<WebhookAnswer>;
  /** A folder with PEM files that replace the committed test keys. */
  readonly keysDir?: string;
  /** How many calls and deliveries are recorded, the newest ones; left out: all. Asked anew each time. */
  readonly recordsMax?: () => number;
}

/** Ground truth: money that a payment provider took. `id` is the provider's own number. */
export interface CapturedPayment {
  readonly id: string;
  readonly provider: string;
  /** The merchant's order number as the provider knows it. */
  readonly reference: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  /** Real time of this machine, milliseconds since the epoch. */
  readonly atMs: number;
}

/** Ground truth: credit that a cloud really granted. One record for each effect, none for an answered repeat. */
export interface GrantedCredit {
  readonly id: string;
  readonly provider: string;
  readonly cloudAccount: string;
  /** The client's idempotency reference (OutBizId), or what `CallPoint.reference` says. */
  readonly reference: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly atMs: number;
}

/** One call as it ended, for the history. */
export interface ProviderCall {
  readonly provider: string;
  readonly operation: string;
  readonly reference: string;
  readonly nth: number;
  readonly startedMs: number;
  /** How it ended: the HTTP status, or the way it was cut; `late` was cut, and is done later. */
  readonly outcome: number | Cut['cut'] | 'late';
  /**
   * What went wrong with it, where `outcome` does not tell: `twice`, `slow`, `stale`, `moved`, or how its answer was
   * spoilt; left out where that changed nothing.
   */
  readonly misdeed?: string;
  /** When its answer left, for one that was held. */
  readonly answeredMs?: number;
}

/** One webhook attempt as it ended, for the history: the interval in which the receiver had it. */
export interface Delivery {
  readonly provider: string;
  /** Where it went; left out by those who make records without one. */
  readonly url?: string;
  readonly reference: string;
  readonly eventId: string;
  /** As `OutgoingWebhook.type`. */
  readonly type?: string;
  readonly attempt: number;
  readonly sentMs: number;
  readonly answeredMs: number;
  readonly status: number;
  /** The beginning of the answer's body, or why none came; left out when it was empty. */
  readonly answer?: string;
  readonly acknowledged: boolean;
  /** As `OutgoingWebhook.forged`. */
  readonly forged?: NonNullable<OutgoingWebhook['forged']>;
  /** As `OutgoingWebhook.spoilt`. */
  readonly spoilt?: string;
}

/** All that a provider knows; arrays in order of time. The times are real milliseconds since the epoch. */
export interface ProviderRecords {
  readonly payments: readonly CapturedPayment[];
  readonly grants: readonly GrantedCredit[];
  readonly calls: readonly ProviderCall[];
  readonly deliveries: readonly Delivery[];
}

/** An order that a person makes at a payment provider, in the place of a merchant; no webhooks when the URL is ''. */
export interface OrderByHand {
  readonly reference: string;
  readonly amountMinor: bigint;
  readonly webhookUrl: string;
}

/** An order as its payment provider has it now: `id` is the provider's number, `status` the vendor's word. */
export interface ProviderOrder {
  readonly reference: string;
  readonly id: string;
  readonly status: string;
  readonly amountMinor: bigint;
  readonly refundedMinor: bigint;
  readonly currency: string;
}

/** The bytes of a webhook, without where they go. */
export type WebhookBytes = Pick<OutgoingWebhook, 'headers' | 'body'>;

/** What people do at a payment provider without the merchant's API: buyers, the merchant's staff, a tester. */
export interface ByHand {
  readonly currency: string;
  /** Makes an order; the same one again changes nothing. Throws `order-refused`. */
  order(order: OrderByHand): void;
  /** Every order, oldest first. */
  orders(): readonly ProviderOrder[];
  /** What can be done to an order, by name; throws `unknown-reference` and `not-in-this-state`. */
  readonly deeds: Readonly<Record<string, (reference: string) => void>>;
  /** What a deed of this name issues anew: what it has issued now, by the names that `identity` has for it. */
  readonly issued?: Readonly<Record<string, () => Readonly<Record<string, string>>>>;
  /** Sends the newest webhook about an order once more, under the same number; throws `nothing-to-resend`. */
  resend(reference: string): void;
  /** The deeds that lead to each kind of webhook, by the name of the kind. */
  readonly webhooks: Readonly<Record<string, readonly string[]>>;
  /** How a genuine webhook stops being authentic, by what is wrong with it. */
  readonly tampers: Readonly<Record<string, (genuine: WebhookBytes) => WebhookBytes>>;
  /** Whether this answer ends the retries. */
  acknowledged(answer: WebhookAnswer): boolean;
}

/** What can go wrong at one provider beyond its connections: the names that a `Misdeed` or `WebhookFate` may use. */
export interface Failings {
  /** The operations whose calls can go wrong. */
  readonly operations: readonly string[];
  /** The spoilt answers. */
  readonly spoils: readonly string[];
  /** The operations that can be `stale`. */
  readonly queries: readonly string[];
  /** The operations that can be `moved`: those that answer a list by pages. */
  readonly lists: readonly string[];
  readonly falsehoods: readonly string[];
  readonly tampers: readonly string[];
}

/** A provider in operation. */
export interface OpenProvider {
  readonly id: string;
  readonly failings: Failings;
  handle(call: Call): Reply | Cut;
  records(): ProviderRecords;
  /** What a client has to be configured with, by stable names (appId, privateKey, …). */
  readonly identity: Readonly<Record<string, string>>;
  /**
   * A buyer pays the order with this reference; `asked` is what he was asked for, which a provider needs that nobody
   * has told of the order. Throws when the provider does not know it. Payment providers only.
   */
  pay?(reference: string, asked?: Money): void;
  /** Payment providers only. */
  readonly byHand?: ByHand;
  /** Is told, once, where its webhooks go; only providers whose API does not say so with each payment. */
  subscribe?(webhookUrl: string): void;
  /**
   * True of a call that is done once more each time it arrives, and nothing that its client sends could prevent it.
   * Left out: there are none.
   */
  repeatsEffect?(call: Call): boolean;
  /** True when no webhook is under way or scheduled. */
  idle(): boolean;
  /** Cancels what is scheduled; later calls are still answered. */
  stop(): void;
}

/** The contract of a mock provider. */
export interface Provider {
  readonly id: string;
  /** `payment` takes the buyer's money; `cloud` grants credit. */
  readonly serves: 'payment' | 'cloud';
  /** The page of the vendor that the wire format was taken from. */
  readonly docs: string;
  /** The names by which faults and records call its routes, as the vendor writes them. */
  readonly operations: readonly string[];
  /** Which of them a top-up consists of, so that a scenario can be taken to another provider. */
  readonly steps?: readonly StepDone[];
  open(ports: ProviderPorts): OpenProvider;
}

/** Freezes a provider; its id is kebab-case and unique over all registries. */
export const defineProvider = (provider: Provider): Provider => Object.freeze(provider);
