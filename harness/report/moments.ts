/** Everything that happened to one order, from all sides: buyers, providers, ledger. */
import { type BookedOrder, namesOrder } from '../books.ts';
import type { Delivery, ProviderCall } from '../provider.ts';
import type { RunResult } from '../run/result.ts';
import { moneyInWords } from './words.ts';

/**
 * What a moment is. `copy`: a notice that a fault added; `forged`: one that no provider sent; `lost`: one that was
 * never sent or got no answer; `cut`: a call to a provider whose answer was lost.
 */
export type MomentKind =
  | 'request'
  | 'call'
  | 'cut'
  | 'capture'
  | 'notice'
  | 'copy'
  | 'forged'
  | 'lost'
  | 'credit'
  | 'grant'
  | 'state';

/**
 * One moment of an order. `frame`: its story is not understood without it; `proof`: the evidence of a breach; `cause`:
 * something from outside that made the system act.
 */
export interface Moment {
  readonly kind: MomentKind;
  readonly atMs: number;
  /** Only where it took time. */
  readonly untilMs?: number;
  readonly text: string;
  readonly weight: 'frame' | 'proof' | 'cause' | 'detail';
}

const noticeKind = ({ forged, attempt, status }: Delivery): MomentKind => {
  if (forged !== undefined) return 'forged';
  if (status === 0) return 'lost';
  return attempt === 0 ? 'copy' : 'notice';
};

const sentBy = ({ forged, attempt, provider }: Delivery): string => {
  if (forged !== undefined) return `a stranger sent a forged notice of ${provider} (${forged.forgery})`;
  return attempt === 0 ? `${provider} sent its notice again` : `${provider} sent its notice, attempt ${attempt}`;
};

const cutWords = {
  before: 'was cut before it took effect',
  afterEffect: 'took effect, and its answer was lost',
  midBody: 'took effect, and half of its answer was lost',
  late: 'was cut, and took effect later',
};

const callMoment = ({ provider, operation, startedMs, answeredMs, outcome }: ProviderCall): Moment => {
  const time = { atMs: startedMs, ...(answeredMs === undefined ? {} : { untilMs: answeredMs }) };
  if (typeof outcome === 'number') {
    return { kind: 'call', ...time, text: `${operation} at ${provider}, answered ${outcome}`, weight: 'detail' };
  }
  return { kind: 'cut', ...time, text: `${operation} at ${provider} ${cutWords[outcome]}`, weight: 'cause' };
};

type Weigh = (id: string) => Moment['weight'];

const noticesOf = ({ books, records }: RunResult, { reference }: BookedOrder): Moment[] => {
  const own = records.flatMap(({ deliveries }) => deliveries).filter((delivery) => delivery.reference === reference);
  const captured = books.captured.filter((payment) => payment.reference === reference);
  const isSilent = own.every(({ forged }) => forged !== undefined);
  return [
    ...own.map((delivery): Moment => {
      const { sentMs, answeredMs, status, acknowledged } = delivery;
      const answer = `answered ${status || 'nothing'}${status !== 0 && !acknowledged ? ', which is no thanks' : ''}`;
      const text = `${sentBy(delivery)}, ${answer}`;
      return { kind: noticeKind(delivery), atMs: sentMs, untilMs: answeredMs, text, weight: 'cause' };
    }),
    ...captured
      .filter(() => isSilent)
      .map(({ atMs, provider, id }): Moment => {
        return { kind: 'lost', atMs, text: `${provider} never sent a notice of payment ${id}`, weight: 'cause' };
      }),
  ];
};

const atProvider = (result: RunResult, order: BookedOrder, weigh: Weigh): Moment[] => [
  ...result.books.captured
    .filter(({ reference }) => reference === order.reference)
    .map((payment): Moment => {
      const text = `${payment.provider} captured payment ${payment.id}, ${moneyInWords(payment)}`;
      return { kind: 'capture', atMs: payment.atMs, text, weight: 'frame' };
    }),
  ...noticesOf(result, order),
  ...result.records
    .flatMap(({ calls }) => calls)
    .filter(({ reference }) => namesOrder(reference, order))
    .map(callMoment),
  ...result.books.grants
    .filter(({ id, reference }) => weigh(id) === 'proof' || namesOrder(reference, order))
    .map((grant): Moment => {
      const text = `${grant.provider} granted ${moneyInWords(grant)} (${grant.reference})`;
      return { kind: 'grant', atMs: grant.atMs, text, weight: weigh(grant.id) };
    }),
];

const asked = { 'create-order': 'create the order', 'confirm-order': 'confirm' } as const;

const inSystem = ({ books, history }: RunResult, order: BookedOrder, weigh: Weigh): Moment[] => [
  ...history.operations
    .filter(({ subject }) => subject === order.id)
    .flatMap(({ kind, invokedMs, completedMs, status }): Moment[] => {
      if (kind !== 'create-order' && kind !== 'confirm-order') return [];
      const text = `the buyer asked to ${asked[kind]}, answered ${status || 'nothing'}`;
      const weight = kind === 'confirm-order' ? 'cause' : 'detail';
      return [{ kind: 'request', atMs: invokedMs, untilMs: completedMs, text, weight }];
    }),
  // A balance is the work of several orders, so all the credits that prove its drift belong to the story.
  ...books.credits
    .filter(({ orderId, entryId }) => orderId === order.id || weigh(entryId) === 'proof')
    .map((credit): Moment => {
      const weight = weigh(credit.entryId);
      const text = `entry ${credit.entryId} credits ${moneyInWords(credit)}`;
      return { kind: 'credit', atMs: credit.atMs, text, weight: weight === 'detail' ? 'frame' : weight };
    }),
  ...books.transitions
    .filter(({ orderId }) => orderId === order.id)
    .map(({ atMs, from, to, cause, sequence }): Moment => {
      const text = `order ${from ?? 'new'} -> ${to} (${cause})`;
      return { kind: 'state', atMs, text, weight: from === null ? 'frame' : weigh(`${order.id}#${sequence}`) };
    }),
];

/** All moments of an order, in order of time; `evidence` names what proves a breach: ledger rows, payments, grants. */
export const momentsOf = (result: RunResult, order: BookedOrder, evidence: readonly string[]): readonly Moment[] => {
  const weigh: Weigh = (id) => (evidence.includes(id) ? 'proof' : 'detail');
  return [...atProvider(result, order, weigh), ...inSystem(result, order, weigh)].sort((a, b) => a.atMs - b.atMs);
};
