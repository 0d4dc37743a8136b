/** Notices (the vendor calls them events): kept in order, and sent to every endpoint that wants their kind. */
import type { Clock } from '#harness/clock';
import type { ByHand, ProviderPorts, WebhookBytes } from '#harness/provider';
import { openWebhookSender, type Webhook, type WebhookSender } from '../webhook-sender.ts';
import { falsehoods } from './falsehoods.ts';
import { account, apiVersion, isAcknowledged, retryAfterS } from './quirks.ts';
import { signatureHeader } from './sign.ts';
import type { MakeId } from './states.ts';

/** A notice: what sets it apart from all others. `created` is in seconds. */
export interface Notice {
  readonly id: string;
  readonly type: string;
  readonly created: number;
  readonly about: object;
  /** How many endpoints want it. */
  readonly wanting: number;
}

/** A notice as the API lists it. */
export const noticeFields = ({ id, type, created, about, wanting }: Notice) => ({
  id,
  object: 'event',
  api_version: apiVersion,
  created,
  data: { object: about },
  livemode: false,
  pending_webhooks: wanting,
  request: { id: null, idempotency_key: null },
  type,
});

/** An address for notices; `*` among its kinds means all. */
export interface Endpoint {
  readonly id: string;
  readonly url: string;
  readonly kinds: readonly string[];
}

/** The notices of the account. */
export interface Notices {
  readonly sender: WebhookSender;
  /** Oldest first. */
  readonly all: readonly Notice[];
  readonly endpoints: readonly Endpoint[];
  /** Adds an address; the same one with the same kinds again changes nothing. */
  addEndpoint(url: string, kinds: readonly string[]): Endpoint;
  /** Tells of `object` as it is now. `reference` is the merchant's order number. */
  tell(type: string, object: object, reference: string): void;
  /** The notice about a payment that never was, not kept and sent to nobody yet. */
  claim(type: string, object: object): Notice;
}

/** A body with the signature of this moment. */
export const signedNotice = (body: string, wall: Clock, secret: string = account.webhookSecret): WebhookBytes => ({
  headers: {
    'Content-Type': 'application/json; charset=utf-8',
    'Stripe-Signature': signatureHeader(body, wall.nowMs(), secret),
  },
  body: Buffer.from(body),
});

/**
 * The text of a notice, or of what a falsehood makes of it, laid out as the vendor's: what is parsed and written again
 * has another signature.
 */
export const textOf = (notice: Notice, falsehood = ''): string => {
  const fields = noticeFields(notice);
  return JSON.stringify(falsehoods[falsehood]?.(fields) ?? fields, null, 2);
};

/** Whether an answer ends the retries. */
export const acknowledged = ({ status }: { readonly status: number }): boolean => isAcknowledged(status);

/** No notices and no endpoints yet. */
export const openNotices = (ports: ProviderPorts, makeId: MakeId, tampers: ByHand['tampers']): Notices => {
  const { clock, wall } = ports;
  const sender = openWebhookSender('stripe', ports, {
    retryAfterS,
    acknowledged,
    tampers,
    falsehoods: Object.keys(falsehoods),
  });
  const all: Notice[] = [];
  const endpoints: Endpoint[] = [];
  const make = (type: string, about: object, wanting: number): Notice => ({
    id: makeId('evt_'),
    type,
    created: Math.trunc(clock.nowMs() / 1_000),
    about,
    wanting,
  });
  const webhook = (notice: Notice, reference: string, url: string): Webhook => ({
    url,
    reference,
    eventId: notice.id,
    type: notice.type,
    encode: (falsehood) => signedNotice(textOf(notice, falsehood), wall),
    renumbered: () => {
      const other = { ...notice, id: makeId('evt_') };
      all.push(other);
      return webhook(other, reference, url);
    },
  });
  return {
    sender,
    all,
    endpoints,
    addEndpoint: (url, kinds) => {
      const known = endpoints.find((one) => one.url === url && one.kinds.join() === kinds.join());
      const endpoint = known ?? { id: makeId('we_'), url, kinds };
      if (known === undefined) endpoints.push(endpoint);
      return endpoint;
    },
    tell: (type, object, reference) => {
      const wanting = endpoints.filter(({ kinds }) => kinds.includes('*') || kinds.includes(type));
      const notice = make(type, object, wanting.length);
      all.push(notice);
      for (const { url } of wanting) sender.send(webhook(notice, reference, url));
    },
    claim: (type, object) => make(type, object, 1),
  };
};
