/** Notices that the bank never sent, or sent to somebody else: all is right but what makes a notice authentic. */
import type { Clock } from '#harness/clock';
import type { ByHand, FaultSite, WebhookBytes } from '#harness/provider';
import { forgeBy, openStrangers, type Strangers } from '../strangers.ts';
import { type Notices, noticeOf, signedNotice } from './notices.ts';
import { accounts, otherAccount, toleranceMs } from './quirks.ts';
import { digestOf, keyOf, type SigningKey } from './sign.ts';
import type { Entry, Transfer } from './states.ts';
import { noticeText } from './wire.ts';

/** The body changed, and all headers as they were. */
const rewritten = ({ headers, body }: WebhookBytes, change: (text: string) => string): WebhookBytes => ({
  headers,
  body: Buffer.from(change(Buffer.from(body).toString())),
});

const withDigest = ({ headers, body }: WebhookBytes): WebhookBytes => ({
  headers: { ...headers, 'Content-Digest': digestOf(body) },
  body,
});

/** Another reference than the payer wrote, or one where he wrote none. */
const otherOrder = (text: string): string =>
  text.includes('<RmtInf>')
    ? text.replaceAll(/<(Ref|Ustrd)>(..)/g, '<$1>$29')
    : text.replaceAll('</RltdPties>', '</RltdPties><RmtInf><Ustrd>another order</Ustrd></RmtInf>');

/** How a genuine notice stops being authentic, by what is wrong with it. */
export const tampersWith = (wall: Clock, key: SigningKey): ByHand['tampers'] => {
  const stranger: SigningKey = { ...keyOf('stranger'), id: key.id };
  const resigned = ({ body }: WebhookBytes, by: SigningKey, laterMs = 0): WebhookBytes =>
    signedNotice(body, wall.nowMs() + laterMs, by);
  const moreMoney = (text: string): string => text.replaceAll(/(<Amt Ccy="\w+">)(?=[1-9])/g, '$19');
  const own = new RegExp(Object.values(accounts).join('|'), 'g');
  return {
    amount: (genuine) => rewritten(genuine, moreMoney),
    /** Whoever compares body and digest alone believes it. */
    digest: (genuine) => withDigest(rewritten(genuine, moreMoney)),
    future: (genuine) => resigned(genuine, key, 2 * toleranceMs),
    key: (genuine) => resigned(genuine, stranger),
    merchant: (genuine) =>
      resigned(
        rewritten(genuine, (text) => text.replaceAll(own, otherAccount)),
        key,
      ),
    order: (genuine) => withDigest(rewritten(genuine, otherOrder)),
    time: (genuine) => resigned(genuine, key, -2 * toleranceMs),
    unsigned: ({ headers, body }) => ({
      headers: Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith('Signature'))),
      body,
    }),
  };
};

/** Sends forged notices to the first address; they claim an entry with a number that no real one has. */
export const strangersTo = (
  site: Pick<FaultSite, 'onOrder'>,
  { clock, wall }: { readonly clock: Clock; readonly wall: Clock },
  {
    notices,
    key,
    tampers,
  }: { readonly notices: Notices; readonly key: SigningKey; readonly tampers: ByHand['tampers'] },
): Strangers<Transfer> =>
  openStrangers(
    site,
    notices.sender,
    ({ slip }) => slip.name,
    (transfer, { forgery, nth }) => {
      const [url] = notices.urls;
      if (url === undefined) return undefined;
      const { name: reference, currency } = transfer.slip;
      const paymentId = `BT9${String(nth).padStart(2, '0')}${reference}`;
      const { amountMinor } = transfer;
      const shown = { id: paymentId, number: '999999999', currency, amountMinor, bookedMs: clock.nowMs(), transfer };
      const entry: Entry = { ...shown, side: 'credit' };
      const eventId = `N${paymentId}`;
      const forge = forgeBy(tampers, forgery);
      const encode = () =>
        forge(signedNotice(Buffer.from(noticeText(noticeOf(eventId, entry, clock.nowMs()))), wall.nowMs(), key));
      return { url, reference, eventId, paymentId, encode };
    },
  );
