/** Paid notices that Alipay never sent, or sent to somebody else: all is right but what makes a notice authentic. */
import type { ByHand, Forgery, ProviderPorts } from '#harness/provider';
import { openStrangers, type Plan, type Strangers } from '../strangers.ts';
import type { WebhookSender } from '../webhook-sender.ts';
import type { Keys } from './sign.ts';
import type { Code, Trade } from './states.ts';
import { noticeFields, noticeForm, noticeId, posted } from './wire.ts';

type Fields = ReadonlyMap<string, string>;

/** Another merchant, whose notices Alipay signs as it signs ours. */
const otherMerchant: Fields = new Map([
  ['app_id', '2021000000000002'],
  ['auth_app_id', '2021000000000002'],
  ['seller_id', '2088000000000003'],
]);

/** The genuine notice of the stranger's own purchase, in which one field was changed to what the claim says. */
const changed = (claim: Fields, name: string, genuine: string, { gateway }: Keys): URLSearchParams => {
  const form = noticeForm(new Map([...claim, [name, genuine]]), gateway);
  form.set(name, claim.get(name) ?? '');
  return form;
};

const forgeries: Readonly<Record<Forgery, (claim: Fields, keys: Keys) => URLSearchParams>> = {
  unsigned: (claim) => new URLSearchParams([...claim]),
  'foreign key': (claim, { stranger }) => noticeForm(claim, stranger),
  'changed amount': (claim, keys) => {
    const little = claim.get('total_amount') === '0.01' ? '0.02' : '0.01';
    return changed(claim, 'total_amount', little, keys);
  },
  'changed order': (claim, keys) => changed(claim, 'out_trade_no', 'order_of_a_stranger', keys),
  'other merchant': (claim, { gateway }) => noticeForm(new Map([...claim, ...otherMerchant]), gateway),
};

/** The forgeries by what is wrong, applied to a genuine notice: it goes on saying what it said. */
export const tampersWith = (keys: Keys): ByHand['tampers'] => {
  const forged =
    (forgery: Forgery): ByHand['tampers'][string] =>
    ({ body }) => {
      const fields = new Map(new URLSearchParams(Buffer.from(body).toString()));
      fields.delete('sign');
      fields.delete('sign_type');
      return posted(forgeries[forgery](fields, keys));
    };
  return {
    amount: forged('changed amount'),
    key: forged('foreign key'),
    merchant: forged('other merchant'),
    order: forged('changed order'),
    unsigned: forged('unsigned'),
  };
};

/** Puts three digits of its own where all real numbers have the same three, so that nothing real bears it. */
const madeUp = (number: string, nth: number): string =>
  `${number.slice(0, 10)}9${String(nth).padStart(2, '0')}${number.slice(13)}`;

/** The `nth` forged notice about the order, which says that it was paid in full at `atMs`; `encode` dates and signs. */
export const forgedNotice = (
  order: Code,
  { forgery, nth }: Pick<Plan, 'forgery' | 'nth'>,
  atMs: number,
  keys: Keys,
) => {
  const claimed: Trade = {
    ...order,
    createdMs: atMs,
    refunds: [],
    tradeNo: madeUp(order.tradeNo, nth),
    paid: { amountMinor: order.amountMinor, atMs },
  };
  const eventId = madeUp(noticeId(claimed), nth);
  return {
    eventId,
    paymentId: claimed.tradeNo,
    encode: (nowMs: number) => {
      const claim = new Map([...noticeFields(claimed, nowMs), ['notify_id', eventId]]);
      return posted(forgeries[forgery](claim, keys));
    },
  };
};

/** Sends forged notices; about an order without an address for notices, none. */
export const strangersTo = (
  { clock, site }: Pick<ProviderPorts, 'clock' | 'site'>,
  keys: Keys,
  notices: Pick<WebhookSender, 'sendForged'>,
): Strangers<Code> =>
  openStrangers(
    site,
    notices,
    (order) => order.outTradeNo,
    (order, plan) => {
      if (order.notifyUrl === '') return undefined;
      const { eventId, paymentId, encode } = forgedNotice(order, plan, clock.nowMs(), keys);
      const { notifyUrl: url, outTradeNo: reference } = order;
      return { url, reference, eventId, paymentId, encode: () => encode(clock.nowMs()) };
    },
  );
