/** Notices: each entry is told once in a camt.054, to every address that the merchant has agreed on. */
import type { ByHand, ProviderPorts, WebhookAnswer, WebhookBytes } from '#harness/provider';
import { openWebhookSender, type Webhook, type WebhookSender } from '../webhook-sender.ts';
import { falsehoods } from './falsehoods.ts';
import { accounts, answerWithinMs, isAcknowledged, noticeComponents, retryAfterS } from './quirks.ts';
import { digestOf, requestParts, type SigningKey, signatureFields } from './sign.ts';
import type { Entry } from './states.ts';
import { type Notice, noticeText, truthOf } from './wire.ts';

/** The notices of the merchant. */
export interface Notices {
  readonly sender: WebhookSender;
  /** Oldest first. */
  readonly urls: readonly string[];
  /** The same address again changes nothing. */
  addUrl(url: string): void;
  tell(entry: Entry): void;
}

/** Whether an answer ends the retries well. */
export const acknowledged = ({ status }: WebhookAnswer): boolean => isAcknowledged(status);

/** A notice as it leaves at `atMs`, signed with this key. */
export const signedNotice = (body: Uint8Array, atMs: number, key: SigningKey): WebhookBytes => {
  const contentType = 'application/xml';
  const headers = { 'content-type': contentType, 'content-digest': digestOf(body) };
  const partOf = requestParts({ method: 'POST', path: '/', rawQuery: '', headers });
  return {
    headers: {
      'Content-Type': contentType,
      'Content-Digest': headers['content-digest'],
      ...signatureFields(noticeComponents, partOf, key, atMs),
    },
    body,
  };
};

/** The notice of an entry, under a number of its own. */
export const noticeOf = (id: string, entry: Entry, nowMs: number): Notice => ({
  id,
  iban: accounts[entry.currency] ?? '',
  schema: 'camt.054.001.08',
  entry,
  told: truthOf(entry),
  nowMs,
});

/** No notices and no addresses yet. */
export const openNotices = (ports: ProviderPorts, key: SigningKey, tampers: ByHand['tampers']): Notices => {
  const { clock, wall } = ports;
  const urls: string[] = [];
  const sender = openWebhookSender('bank-transfer', ports, {
    retryAfterS,
    answerWithinMs,
    acknowledged,
    tampers,
    falsehoods: Object.keys(falsehoods),
  });
  const webhook = (id: string, entry: Entry, url: string): Webhook => ({
    url,
    reference: entry.transfer.slip.name,
    eventId: id,
    encode: (falsehood) => {
      const truth = noticeOf(id, entry, clock.nowMs());
      const said = falsehoods[falsehood ?? '']?.(truth) ?? truth;
      return signedNotice(Buffer.from(noticeText(said)), wall.nowMs(), key);
    },
    renumbered: (nth) => webhook(`${id}-${nth}`, entry, url),
  });
  return {
    sender,
    urls,
    addUrl: (url) => {
      if (!urls.includes(url)) urls.push(url);
    },
    tell: (entry) => {
      for (const url of urls) sender.send(webhook(`N${entry.id}`, entry, url));
    },
  };
};
