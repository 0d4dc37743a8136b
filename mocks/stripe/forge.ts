/** Notices that Stripe never sent, or sent to somebody else: all is right but what makes a notice authentic. */
import type { Clock } from '#harness/clock';
import type { ByHand, FaultSite, WebhookBytes } from '#harness/provider';
import { forgeBy, openStrangers, type Strangers } from '../strangers.ts';
import { type Notices, signedNotice, textOf } from './notices.ts';
import { account, otherWebhookSecret } from './quirks.ts';
import { signatureHeader } from './sign.ts';
import type { Intent } from './states.ts';
import { intentFields } from './wire.ts';

/** The body with `from` replaced by `to`; the signature stays. */
const rewritten = ({ headers, body }: WebhookBytes, from: RegExp, to: string): WebhookBytes => ({
  headers,
  body: Buffer.from(Buffer.from(body).toString().replaceAll(from, to)),
});

/** How a genuine notice stops being authentic, by what is wrong with it. */
export const tampersWith = (wall: Clock): ByHand['tampers'] => {
  const resigned = ({ headers, body }: WebhookBytes, secret: string, laterMs = 0): WebhookBytes => {
    const signature = signatureHeader(Buffer.from(body).toString(), wall.nowMs() + laterMs, secret);
    return { headers: { ...headers, 'Stripe-Signature': signature }, body };
  };
  return {
    amount: (genuine) => rewritten(genuine, /("amount\w*": )([1-9]\d*)/g, '$19$2'),
    future: (genuine) => resigned(genuine, account.webhookSecret, 600_000),
    key: (genuine) => resigned(genuine, 'whsec_of_nobody'),
    merchant: (genuine) =>
      resigned(
        rewritten(genuine, /"object": "event"/g, '"object": "event",\n  "account": "acct_other"'),
        otherWebhookSecret,
      ),
    order: (genuine) => rewritten(genuine, /"(pi|ch|cs_test)_(\w)/g, '"$1_9$2'),
    time: (genuine) => resigned(genuine, account.webhookSecret, -600_000),
    unsigned: ({ headers, body }) => ({
      headers: Object.fromEntries(Object.entries(headers).filter(([name]) => name !== 'Stripe-Signature')),
      body,
    }),
  };
};

/** Sends forged notices to the first endpoint; they claim a payment with an id that no real one has. */
export const strangersTo = (
  site: Pick<FaultSite, 'onOrder'>,
  { clock, wall }: { readonly clock: Clock; readonly wall: Clock },
  notices: Notices,
): Strangers<Intent> => {
  const tampers = tampersWith(wall);
  return openStrangers(
    site,
    notices.sender,
    ({ reference }) => reference,
    (intent, { forgery, nth }) => {
      const url = notices.endpoints[0]?.url;
      if (url === undefined) return undefined;
      const paymentId = `pi_9${String(nth).padStart(2, '0')}${intent.id.slice(6)}`;
      const paid = { amountMinor: intent.amountMinor, atMs: clock.nowMs(), chargeId: `ch_9${intent.id.slice(4)}` };
      const claimed = intentFields({ ...intent, id: paymentId, status: 'succeeded', paid });
      const notice = notices.claim('payment_intent.succeeded', claimed);
      const forge = forgeBy(tampers, forgery);
      const encode = () => forge(signedNotice(textOf(notice), wall));
      return { url, reference: intent.reference, eventId: notice.id, paymentId, encode };
    },
  );
};
