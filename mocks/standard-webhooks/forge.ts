/** Notices that the provider never sent, or sent to somebody else: all is right but what makes a notice authentic. */
import type { Clock } from '#harness/clock';
import type { ByHand, FaultSite, WebhookBytes } from '#harness/provider';
import { forgeBy, openStrangers, type Strangers } from '../strangers.ts';
import { type Notices, signedNotice } from './notices.ts';
import { account, noticeTypes, otherMerchantId, toleranceMs } from './quirks.ts';
import { hasSigned, type KeyRing, keysOf, type SigningKeys } from './sign.ts';
import type { MakeId, Payment } from './states.ts';
import { noticeOf, textOf } from './wire.ts';

/** The body with `from` replaced by `to`; headers and signatures stay. */
const rewritten = ({ headers, body }: WebhookBytes, from: RegExp | string, to: string): WebhookBytes => ({
  headers,
  body: Buffer.from(Buffer.from(body).toString().replaceAll(from, to)),
});

const withHeader = ({ headers, body }: WebhookBytes, name: string, value: string): WebhookBytes => ({
  headers: { ...headers, [name]: value },
  body,
});

/** How a genuine notice stops being authentic, by what is wrong with it; it was signed by one of `rings`. */
export const tampersWith = (wall: Clock, rings: () => readonly KeyRing[]): ByHand['tampers'] => {
  const live = (genuine: WebhookBytes): readonly SigningKeys[] =>
    rings()
      .find((ring) => hasSigned(ring, genuine))
      ?.live() ?? [];
  const resigned = ({ headers, body }: WebhookBytes, keys: readonly SigningKeys[], laterMs = 0): WebhookBytes =>
    signedNotice(headers['webhook-id'] ?? '', body, wall.nowMs() + laterMs, keys);
  return {
    amount: (genuine) => rewritten(genuine, /("\w*amount": )([1-9])/g, '$19$2'),
    future: (genuine) => resigned(genuine, live(genuine), 2 * toleranceMs),
    /** A copy that hides from whoever remembers ids. */
    id: (genuine) => withHeader(genuine, 'webhook-id', `${genuine.headers['webhook-id']}9`),
    key: (genuine) => resigned(genuine, [keysOf('nobody')]),
    merchant: (genuine) => resigned(rewritten(genuine, account.merchantId, otherMerchantId), [keysOf(otherMerchantId)]),
    order: (genuine) => rewritten(genuine, /"(pay_|reference": ")/g, '"$19'),
    time: (genuine) => resigned(genuine, live(genuine), -2 * toleranceMs),
    unsigned: ({ headers: { 'webhook-signature': _, ...headers }, body }) => ({ headers, body }),
  };
};

/** Sends forged notices to the first endpoint; they claim a payment with an id that no real one has. */
export const strangersTo = (
  site: Pick<FaultSite, 'onOrder'>,
  { clock, wall }: { readonly clock: Clock; readonly wall: Clock },
  { notices, makeId }: { readonly notices: Notices; readonly makeId: MakeId },
): Strangers<Payment> => {
  const tampers = tampersWith(wall, () => notices.endpoints.map(({ ring }) => ring));
  return openStrangers(
    site,
    notices.sender,
    ({ reference }) => reference,
    (payment, { forgery, nth }) => {
      const [endpoint] = notices.endpoints;
      if (endpoint === undefined) return undefined;
      const { url, ring } = endpoint;
      const paymentId = `pay_9${String(nth).padStart(2, '0')}${payment.id.slice('pay_'.length)}`;
      const paid = { amountMinor: payment.amountMinor, atMs: clock.nowMs() };
      const claimed = noticeOf(noticeTypes.succeeded, { ...payment, id: paymentId, paid }, clock.nowMs());
      const eventId = makeId('msg_');
      const forge = forgeBy(tampers, forgery);
      const encode = () => forge(signedNotice(eventId, Buffer.from(textOf(claimed)), wall.nowMs(), ring.live()));
      return { url, reference: payment.reference, eventId, paymentId, encode };
    },
  );
};
