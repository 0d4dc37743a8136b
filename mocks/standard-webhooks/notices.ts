/** Notices: numbered once, and sent to every endpoint that wants their type and is not disabled. */
import type { ByHand, OutgoingWebhook, ProviderPorts, WebhookAnswer, WebhookBytes } from '#harness/provider';
import { openWebhookSender, type Webhook, type WebhookSender } from '../webhook-sender.ts';
import { falsehoods } from './falsehoods.ts';
import { answerWithinMs, goneStatus, isAcknowledged, retryAfterS } from './quirks.ts';
import { type SigningKeys, signatureHeader } from './sign.ts';
import type { MakeId } from './states.ts';
import { type Notice, textOf } from './wire.ts';

/** An address for notices; `*` among its types means all. */
export interface Endpoint {
  readonly id: string;
  readonly url: string;
  readonly types: readonly string[];
  /** It has answered 410, or failed through a whole schedule. */
  isDisabled: boolean;
}

/** The notices of the merchant. */
export interface Notices {
  readonly sender: WebhookSender;
  /** Oldest first. */
  readonly endpoints: readonly Endpoint[];
  /** Adds an address; the same one with the same types again is enabled, and else changes nothing. */
  addEndpoint(url: string, types: readonly string[]): Endpoint;
  tell(notice: Notice, reference: string): void;
}

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

/** No notices and no endpoints yet; `liveKeys` are asked for with each attempt. */
export const openNotices = (
  ports: ProviderPorts,
  makeId: MakeId,
  tampers: ByHand['tampers'],
  liveKeys: () => readonly SigningKeys[],
): Notices => {
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
      answerWithinMs,
      acknowledged,
      isWanted: (url) => endpoints.some((endpoint) => endpoint.url === url && !endpoint.isDisabled),
      tampers,
      falsehoods: Object.keys(falsehoods),
    },
  );
  const webhook = (id: string, notice: Notice, reference: string, url: string): Webhook => ({
    url,
    reference,
    eventId: id,
    encode: (falsehood) => {
      const said = falsehoods[falsehood ?? '']?.({ ...notice }) ?? notice;
      return signedNotice(id, Buffer.from(textOf(said)), wall.nowMs(), liveKeys());
    },
    renumbered: () => webhook(makeId('msg_'), notice, reference, url),
  });
  return {
    sender,
    endpoints,
    addEndpoint: (url, types) => {
      const known = endpoints.find((one) => one.url === url && one.types.join() === types.join());
      const endpoint = known ?? { id: makeId('ep_'), url, types, isDisabled: false };
      endpoint.isDisabled = false;
      if (known === undefined) endpoints.push(endpoint);
      return endpoint;
    },
    tell: (notice, reference) => {
      const id = makeId('msg_');
      for (const { url, types, isDisabled } of endpoints) {
        const isWanted = !isDisabled && (types.includes('*') || types.includes(notice.type));
        if (isWanted) sender.send(webhook(id, notice, reference, url));
      }
    },
  };
};
