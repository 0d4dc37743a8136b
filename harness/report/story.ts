/** Tells a breach as a story: what happened to one order, in order of time, with the proof marked. */
import type { BookedOrder } from '../books.ts';
import type { Witness } from '../invariant.ts';
import { formatMoney } from '../money.ts';
import type { Delivery } from '../provider.ts';
import type { RunResult } from '../run/result.ts';

/**
 * One moment of a story. `frame`: a story is not understood without it; `proof`: the evidence of the breach; `cause`:
 * something from outside that made the system act.
 */
export interface Moment {
  readonly atMs: number;
  readonly text: string;
  readonly weight: 'frame' | 'proof' | 'cause' | 'detail';
}

/** A story, and how many of its moments were left out to keep it short. */
export interface Story {
  readonly moments: readonly Moment[];
  readonly leftOut: number;
}

const momentsMax = 12;
const proofsMax = 3;

const sentBy = ({ forged, attempt, provider }: Delivery): string => {
  if (forged !== undefined) return `a stranger sent a forged notice of ${provider} (${forged.forgery})`;
  return attempt === 0 ? `${provider} sent its notice again` : `${provider} sent its notice, attempt ${attempt}`;
};

const atProvider = (
  { books, records }: RunResult,
  order: BookedOrder,
  weigh: (id: string) => Moment['weight'],
): Moment[] => [
  ...books.captured
    .filter(({ reference }) => reference === order.reference)
    .map((payment): Moment => {
      const text = `${payment.provider} captured payment ${payment.id}, ${formatMoney(payment)}`;
      return { atMs: payment.atMs, text, weight: 'frame' };
    }),
  ...records
    .flatMap(({ deliveries }) => deliveries)
    .filter(({ reference }) => reference === order.reference)
    .map((delivery): Moment => {
      return {
        atMs: delivery.sentMs,
        text: `${sentBy(delivery)}, answered ${delivery.status || 'nothing'}`,
        weight: 'cause',
      };
    }),
  ...books.grants
    .filter(({ id, reference }) => weigh(id) === 'proof' || reference.startsWith(order.reference))
    .map((grant): Moment => {
      const text = `${grant.provider} granted ${formatMoney(grant)} (${grant.reference})`;
      return { atMs: grant.atMs, text, weight: weigh(grant.id) };
    }),
];

const inSystem = (
  { books, history }: RunResult,
  order: BookedOrder,
  weigh: (id: string) => Moment['weight'],
): Moment[] => [
  ...history.operations
    .filter(({ kind, subject }) => kind === 'confirm-order' && subject === order.id)
    .map(({ invokedMs, status }): Moment => {
      return { atMs: invokedMs, text: `the buyer asked to confirm, answered ${status || 'nothing'}`, weight: 'cause' };
    }),
  // A balance is the work of several orders, so all the credits that prove its drift belong to the story.
  ...books.credits
    .filter(({ orderId, entryId }) => orderId === order.id || weigh(entryId) === 'proof')
    .map((credit): Moment => {
      const weight = weigh(credit.entryId);
      const text = `entry ${credit.entryId} credits ${formatMoney(credit)}`;
      return { atMs: credit.atMs, text, weight: weight === 'detail' ? 'frame' : weight };
    }),
  ...books.transitions
    .filter(({ orderId }) => orderId === order.id)
    .map(({ atMs, from, to, cause, sequence }): Moment => {
      const text = `order ${from ?? 'new'} -> ${to} (${cause})`;
      return { atMs, text, weight: from === null ? 'frame' : weigh(`${order.id}#${sequence}`) };
    }),
];

/** The indexes to keep: the frame, the first proofs with the latest cause before each, the rest while there is room. */
const kept = (moments: readonly Moment[]): ReadonlySet<number> => {
  const indexes = [...moments.keys()];
  const weighing = (weight: Moment['weight']) => indexes.filter((index) => moments[index]?.weight === weight);
  const proofs = weighing('proof').slice(0, proofsMax);
  const causes = proofs.flatMap(
    (proof) =>
      weighing('cause')
        .filter((index) => index < proof)
        .at(-1) ?? [],
  );
  const wanted = new Set([...weighing('frame'), ...proofs, ...causes, ...weighing('cause'), ...weighing('detail')]);
  return new Set([...wanted].slice(0, momentsMax));
};

/** The story of the witness's order; empty when the witness speaks of none. */
export const storyOf = (result: RunResult, witness: Witness): Story => {
  const order = result.books.orders.find(({ id }) => id === witness.orderId);
  if (order === undefined) return { moments: [], leftOut: 0 };
  const weigh = (id: string): Moment['weight'] => (witness.evidence.includes(id) ? 'proof' : 'detail');
  const all = [...atProvider(result, order, weigh), ...inSystem(result, order, weigh)].sort((a, b) => a.atMs - b.atMs);
  const keep = kept(all);
  return { moments: all.filter((_moment, index) => keep.has(index)), leftOut: all.length - keep.size };
};
