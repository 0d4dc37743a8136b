/** Notices: numbered once, and sent to every endpoint that wants their type and is not disabled. */
import type { ByHand, OutgoingWebhook, ProviderPorts, WebhookAnswer, WebhookBytes } from '#harness/provider';
import { type DeliveryPolicy, openWebhookSender, type Webhook, type WebhookSender } from '../webhook-sender.ts';
import { falsehoods } from './falsehoods.ts';
import { answerWithinMs, goneStatus, isAcknowledged, jitterMax, retryAfterMaxMs, retryAfterS } from './quirks.ts';
import { type KeyRing, type SigningKeys, signatureHeader } from './sign.ts';
import type { MakeId } from './states.ts';
import { type Notice, textOf } from './wire.ts';

/** An address for notices; `*` among its types means all. */
export interface Endpoint {
  readonly id: string;
  readonly url: string;
  readonly types: readonly string[];
  /** What signs for it. */
  readonly ring: KeyRing;
  /** It has answered 410, or failed through a whole schedule. */
  isDisabled: boolean;
}

/** The notices of the merchant. */
export interface Notices {
  readonly sender: WebhookSender;
  /** Oldest first. */
  readonly endpoints: readonly Endpoint[];
  /** Adds an address, with keys of `makeRing`; the same one with the same types again is enabled, and keeps its own. */
  addEndpoint(url: string, types: readonly string[], makeRing: (id: string) => KeyRing): Endpoint;
  tell(notice: Notice, reference: string): void;
}

/** The tampers, which sign with whatever ring of these has signed before. */
export type TampersOf = (rings: () => readonly KeyRing[]) => ByHand['tampers'];

/** Whether an answer ends the retries well. */
export const acknowledged = ({ status }: WebhookAnswer): boolean => isAcknowledged(status);

/** A webhook as it leaves at `atMs`, signed with all of `keys`. */
export const signedNotice = (
  id: string,
  body: Uint8Array,
  atMs: number,
  keys: readonly SigningKeys[],
): WebhookBytes => ({
  headers: {
    'Content-Type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(Math.trunc(atMs / 1_000)),
    'webhook-signature': signatureHeader({ id, atMs, body }, keys),
  },
  body,
});

/** What a receiver asked for, in milliseconds: seconds, or a date; 0 when it asked for nothing that can be read. */
const askedMs = (retryAfter: string | undefined, nowMs: number): number => {
  if (retryAfter === undefined) return 0;
  const waitMs = /^\d+$/.test(retryAfter.trim()) ? Number(retryAfter) * 1_000 : Date.parse(retryAfter) - nowMs;
  return Number.isNaN(waitMs) ? 0 : Math.min(Math.max(waitMs, 0), retryAfterMaxMs);
};

/** The time of the schedule and some chance, or what the receiver asked for, if that is longer. */
const pauseIn =
  ({ random, wall }: ProviderPorts): NonNullable<DeliveryPolicy['pauseMs']> =>
  (scheduledMs, { retryAfter }, eventId, nth) => {
    const chance = random.fork(`retry ${nth} of ${eventId}`).unit() * jitterMax;
    return Math.max(scheduledMs * (1 + chance), askedMs(retryAfter, wall.nowMs()));
  };

/** No notices and no endpoints yet; an endpoint's keys are asked for with each attempt. */
export const openNotices = (ports: ProviderPorts, makeId: MakeId, tampersOf: TampersOf): Notices => {
  const { wall } = ports;
  const endpoints: Endpoint[] = [];
  const disable = (url: string): void => {
    for (const endpoint of endpoints) if (endpoint.url === url) endpoint.isDisabled = true;
  };
  const deliver = async (webhook: OutgoingWebhook): Promise<WebhookAnswer> => {
    const answer = await ports.deliver(webhook);
    const wasLast = webhook.attempt > retryAfterS.length && !acknowledged(answer);
    if (answer.status === goneStatus || wasLast) disable(webhook.url);
    return answer;
  };
  const sender = openWebhookSender(
    'standard-webhooks',
    { ...ports, deliver },
    {
      retryAfterS,
      pauseMs: pauseIn(ports),
      answerWithinMs,
      acknowledged,
      isWanted: (url) => endpoints.some((endpoint) => endpoint.url === url && !endpoint.isDisabled),
      tampers: tampersOf(() => endpoints.map(({ ring }) => ring)),
      falsehoods: Object.keys(falsehoods),
    },
  );
  const webhook = (id: string, notice: Notice, reference: string, to: Endpoint): Webhook => ({
    url: to.url,
    reference,
    eventId: id,
    type: notice.type,
    encode: (falsehood) => {
      const said = falsehoods[falsehood ?? '']?.({ ...notice }) ?? notice;
      return signedNotice(id, Buffer.from(textOf(said)), wall.nowMs(), to.ring.live());
    },
    renumbered: () => webhook(makeId('msg_'), notice, reference, to),
  });
  return {
    sender,
    endpoints,
    addEndpoint: (url, types, makeRing) => {
      const known = endpoints.find((one) => one.url === url && one.types.join() === types.join());
      if (known !== undefined) {
        known.isDisabled = false;
        return known;
      }
      const id = makeId('ep_');
      const endpoint = { id, url, types, ring: makeRing(id), isDisabled: false };
      endpoints.push(endpoint);
      return endpoint;
    },
    tell: (notice, reference) => {
      const id = makeId('msg_');
      for (const endpoint of endpoints) {
        const { types, isDisabled } = endpoint;
        const isWanted = !isDisabled && (types.includes('*') || types.includes(notice.type));
        if (isWanted) sender.send(webhook(id, notice, reference, endpoint));
      }
    },
  };
};
