/** INV16: who gets no answer asks again, but not as fast as it can, and not for ever. */
import type { Books } from '../books.ts';
import { defineInvariant } from '../invariant.ts';
import type { ProviderCall } from '../provider.ts';

/** A minute of production, and how many calls of one kind for one order it may see beyond those that were asked for. */
const windowMs = 60_000;
const callsMax = 20;

/** Calls of one kind for one order that may go unanswered; afterwards a person has to look. */
const vainMax = 12;

/** True for a call of which the caller got nothing that it could use. */
const isVain = ({ outcome }: ProviderCall): boolean => typeof outcome !== 'number' || outcome === 429 || outcome >= 500;

/** When buyers or webhooks made the system do something about an order, by the order's reference, in order of time. */
const causesOf = ({ orders, traces }: Books): ReadonlyMap<string, readonly number[]> => {
  const references = new Map(orders.map(({ id, reference }) => [id, reference]));
  const named = traces.operations.flatMap(({ ordinal, subject }) => {
    const reference = references.get(subject ?? '');
    return ordinal === null || reference === undefined ? [] : ([[ordinal, reference]] as const);
  });
  const byOrdinal = new Map(named);
  const causing = traces.operations.filter(({ kind }) => kind !== 'read-wallet');
  const causes = Map.groupBy(causing, ({ ordinal }) => byOrdinal.get(ordinal ?? -1) ?? '');
  return new Map(
    [...causes].map(([reference, operations]) => [
      reference,
      operations.map(({ invokedMs }) => invokedMs).sort((a, b) => a - b),
    ]),
  );
};

/** The most calls beyond their causes that any window saw, each call and each cause looked at twice. */
const worstWindow = (calls: readonly ProviderCall[], causesMs: readonly number[], spanMs: number): number => {
  const startedMs = calls.map((call) => call.startedMs).sort((a, b) => a - b);
  let [first, firstCause, nextCause, worst] = [0, 0, 0, 0];
  for (const [last, endMs] of startedMs.entries()) {
    const beginMs = endMs - spanMs;
    while ((startedMs[first] ?? endMs) < beginMs) first += 1;
    while ((causesMs[firstCause] ?? endMs) < beginMs) firstCause += 1;
    while ((causesMs[nextCause] ?? Number.POSITIVE_INFINITY) <= endMs) nextCause += 1;
    worst = Math.max(worst, last - first + 1 - (nextCause - firstCause));
  }
  return worst;
};

const groupsOf = ({ traces }: Books): ReadonlyMap<string, readonly ProviderCall[]> =>
  Map.groupBy(
    traces.calls.filter(({ reference }) => reference !== ''),
    ({ provider, operation, reference }) => `${operation} at ${provider} for ${reference}`,
  );

export const boundedRetries = defineInvariant({
  id: 'bounded-retries',
  covers: 'INV16',
  claim:
    `No provider gets more than ${callsMax} calls of a kind for an order in a minute that nobody asked for, ` +
    `or more than ${vainMax} that it does not answer.`,
  meaning: 'A provider in trouble is asked ever faster, which keeps it there. Let waits grow, and give up in the end.',
  severity: 'warning',
  unit: 'orders',
  signal: 'overcalled',
  bound: 0,
  exercised: (books) => [...groupsOf(books).values()].filter((calls) => calls.length > 1).length,
  // One order may have made all of them.
  unseen: ({ traces: { lostCalls } }) =>
    lostCalls === undefined || lostCalls.count <= vainMax
      ? undefined
      : {
          reason: `${lostCalls.count} calls never arrived at a provider, and nobody knows for which order each was`,
          sinceMs: lostCalls.sinceMs,
        },
  witnesses: (books) => {
    const causes = causesOf(books);
    return [...groupsOf(books)].flatMap(([what, calls]) => {
      const [{ reference } = { reference: '' }] = calls;
      const worst = worstWindow(calls, causes.get(reference) ?? [], windowMs / books.traces.timeScale);
      const vain = calls.filter(isVain);
      const excess = vain[vainMax];
      if (worst <= callsMax && excess === undefined) return [];
      const order = books.orders.find((one) => one.reference === reference);
      return {
        subject: what,
        anomaly: 'X3' as const,
        ...(excess === undefined
          ? {
              story: `was called ${worst} times in a minute beyond what buyers and webhooks asked for`,
              expected: `at most ${callsMax} calls`,
              actual: `${worst} calls`,
            }
          : {
              story: `was called ${vain.length} times without an answer`,
              expected: `at most ${vainMax} such calls, then a person`,
              actual: `${vain.length} such calls`,
              sinceMs: excess.startedMs,
            }),
        ...(order === undefined ? {} : { orderId: order.id }),
        evidence: [],
      };
    });
  },
});
