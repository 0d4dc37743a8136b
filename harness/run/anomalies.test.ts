/**
 * Each class of breach by three rows: books that are broken in this way, sound books that look alike, and a checker
 * that is wrong on purpose, which the two must tell from the right one.
 */
import { describe, expect, test } from 'vitest';
import { anomalies } from '../anomalies/index.ts';
import type { AnomalyId } from '../anomaly.ts';
import type { BookedSides, Books } from '../books.ts';
import type { Operation } from '../history.ts';
import { invariants } from '../invariants/index.ts';
import { anomaliesOf, auditOf } from './audit.ts';
import {
  books,
  calls,
  confirms,
  credit,
  delivery,
  grant,
  intent,
  look,
  noTraces,
  order,
  path,
  payment,
  told,
} from './test-books.ts';

/** A checker tells of which classes the breaches in the books are. */
type Checker = (given: Books) => readonly AnomalyId[];

interface Case {
  readonly id: AnomalyId;
  readonly defect: readonly [when: string, given: Partial<Books>];
  readonly lookAlike: readonly [when: string, given: Partial<Books>];
  /** The mistake, in words, and the checker that makes it. */
  readonly mutant: readonly [mistake: string, wrong: (right: Checker) => Checker];
}

const checker: Checker = (given) => anomaliesOf(invariants.map((invariant) => auditOf(invariant, given)));

/** A checker that sees other books than there are. */
const seeing =
  (seen: (given: Books) => Partial<Books>) =>
  (right: Checker): Checker =>
  (given) =>
    right({ ...given, ...seen(given) });

/** A checker that takes one class for another. */
const mistaking =
  (id: AnomalyId, forId: AnomalyId) =>
  (right: Checker): Checker =>
  (given) =>
    right(given).map((one) => (one === id ? forId : one));

const secondOrder = order({ id: 'o2', reference: 'r2' });
const secondPayment = payment({ id: 'p2', reference: 'r2' });
const secondCredit = credit({ entryId: 'e2', orderId: 'o2', paymentId: 'p2' });
const twice = { credits: [credit(), secondCredit], captured: [payment(), secondPayment] };
const unpaid = { captured: [], credits: [], grants: [], transitions: path('CREATED') };

const forged = {
  reference: 'r1',
  eventId: 'n-forged',
  paymentId: 'p-forged',
  forgery: 'unsigned',
  sentMs: 90,
  status: 401,
  wasBelieved: false,
};

const refusals = [1, 2, 3].map((attempt) => delivery({ attempt, status: 500, acknowledged: false }));

const sides = (part: Partial<BookedSides> = {}): BookedSides => ({
  entryId: 'e1',
  currency: 'CNY',
  debitMinor: 1000n,
  creditMinor: 1000n,
  ...part,
});

const looks = (...operations: readonly Operation[]): Partial<Books> => ({ traces: { ...noTraces, operations } });

const stored = (storedMinor: bigint) => [{ wallet: 'w1', currency: 'CNY', storedMinor, postedMinor: 1000n }];

const cases: readonly Case[] = [
  {
    id: 'B1',
    defect: ['an update of the balance was lost', { balances: stored(400n), shown: [] }],
    lookAlike: ['the balance is that of the postings', { balances: stored(1000n) }],
    mutant: [
      'compares what is shown with what is stored',
      seeing(({ balances }) => ({
        balances: balances.map((balance) => ({ ...balance, postedMinor: balance.storedMinor })),
      })),
    ],
  },
  {
    id: 'B2',
    defect: [
      'a buyer is told of the credit, and another one sees the wallet without it',
      looks(told(1), look(0n, 3, { ordinal: 1 })),
    ],
    lookAlike: [
      'the other one had begun to look before the first was told',
      looks(told(1), look(0n, 1, { ordinal: 1, endedNth: 9 })),
    ],
    mutant: [
      'counts from the end of a look, not from its beginning',
      seeing(({ traces }) => ({
        traces: {
          ...traces,
          operations: traces.operations.map((one) => ({ ...one, begunNth: one.endedNth ?? 0 })),
        },
      })),
    ],
  },
  {
    id: 'B3',
    defect: ['a buyer looks twice, and the second time the money is gone', looks(look(1000n, 1), look(0n, 3))],
    lookAlike: ['two looks at once see the wallet before and after', looks(look(1000n, 1), look(0n, 2))],
    mutant: [
      'takes the order of the answers for that of the looks',
      seeing(({ traces }) => ({
        traces: {
          ...traces,
          operations: traces.operations.map((one) => ({
            ...one,
            begunNth: 2 * (one.endedNth ?? 0) - 1,
            endedNth: 2 * (one.endedNth ?? 0),
          })),
        },
      })),
    ],
  },
  {
    id: 'C1',
    defect: ['one payment raised two wallets', { credits: [credit(), credit({ entryId: 'e2', wallet: 'w2' })] }],
    lookAlike: ['the same buyer pays the same amount twice', { ...twice, orders: [order(), secondOrder] }],
    mutant: [
      'counts within each wallet',
      seeing(({ credits }) => ({
        credits: credits.map((one) => ({ ...one, paymentId: `${one.paymentId}/${one.wallet}` })),
      })),
    ],
  },
  {
    id: 'C2',
    defect: ['a captured payment has no credit', { credits: [], orders: [order({ state: 'PAYMENT_PENDING' })] }],
    lookAlike: [
      'its order is on hold, where people see it',
      {
        credits: [],
        orders: [order({ state: 'PAYMENT_PENDING', hold: 'reconciliation' })],
      },
    ],
    mutant: [
      'does not know of holds',
      seeing(({ orders }) => ({
        orders: orders.map((one) => ({ ...one, hold: null })),
      })),
    ],
  },
  {
    id: 'C3',
    defect: [
      'a payment was booked to another order',
      { credits: [credit({ orderId: 'o2' })], orders: [order(), secondOrder] },
    ],
    lookAlike: ['two orders were paid, and booked each to its own', { ...twice, orders: [order(), secondOrder] }],
    mutant: [
      'wants some payment, whosever it is',
      seeing(({ captured, credits, orders }) => ({
        captured: captured.map((one) => {
          const { orderId } = credits.find(({ paymentId }) => paymentId === one.id) ?? {};
          return { ...one, reference: orders.find(({ id }) => id === orderId)?.reference ?? one.reference };
        }),
      })),
    ],
  },
  {
    id: 'C4',
    defect: ['fen were taken for yuan', { credits: [credit({ amountMinor: 100_000n })] }],
    lookAlike: [
      'a capture that was short is not credited',
      {
        captured: [payment({ amountMinor: 980n })],
        credits: [],
        orders: [order({ hold: 'reconciliation' })],
      },
    ],
    mutant: [
      'compares in yuan what is in fen',
      seeing(({ credits }) => ({
        credits: credits.map((one) => ({ ...one, amountMinor: one.amountMinor / 100n })),
      })),
    ],
  },
  {
    id: 'C5',
    defect: ['the credit went to a stranger', { credits: [credit({ wallet: 'w2' })] }],
    lookAlike: [
      'two orders of one buyer go to two wallets',
      {
        ...twice,
        orders: [order(), { ...secondOrder, wallet: 'w2' }],
        credits: [credit(), { ...secondCredit, wallet: 'w2' }],
      },
    ],
    mutant: ['takes it for a wrong amount', mistaking('C5', 'C4')],
  },
  {
    id: 'C6',
    defect: [
      'a payment was lost whose webhook was acknowledged',
      { credits: [], traces: { ...noTraces, deliveries: [delivery()] } },
    ],
    lookAlike: [
      'the acknowledged webhook was that of a stranger',
      {
        credits: [],
        traces: { ...noTraces, deliveries: [delivery({ forged: { forgery: 'unsigned', paymentId: 'p-forged' } })] },
      },
    ],
    mutant: ['takes every loss for one of a webhook that never came', mistaking('C6', 'C2')],
  },
  {
    id: 'C7',
    defect: ['a credited payment is reported in vain for good', { traces: { ...noTraces, deliveries: refusals } }],
    lookAlike: [
      'the fourth report is acknowledged',
      { traces: { ...noTraces, deliveries: [...refusals, delivery()] } },
    ],
    mutant: [
      'counts refusals and sees no acknowledgement',
      seeing(({ traces }) => ({
        traces: { ...traces, deliveries: traces.deliveries.filter(({ acknowledged }) => !acknowledged) },
      })),
    ],
  },
  {
    id: 'C8',
    defect: [
      'a forged webhook moved an order',
      {
        forged: [forged],
        transitions: path('CREATED').map((row) => ({ ...row, reference: 'n-forged' })),
      },
    ],
    lookAlike: ['a forged webhook names a real payment and is refused', { forged: [{ ...forged, paymentId: 'p1' }] }],
    mutant: ['looks for credits alone', seeing(() => ({ transitions: [] }))],
  },
  {
    id: 'K1',
    defect: [
      'two answers to one key name two orders',
      {
        intents: [intent({ requests: 2, orderIds: ['o1', 'o2'] })],
        orders: [order(), secondOrder],
      },
    ],
    lookAlike: ['sixteen answers name one order', { intents: [intent({ requests: 16, orderIds: ['o1'] })] }],
    mutant: [
      'takes the first answer for all',
      seeing(({ intents }) => ({
        intents: intents.map((intent) => ({ ...intent, orderIds: intent.orderIds.slice(0, 1) })),
      })),
    ],
  },
  {
    id: 'K2',
    defect: [
      'another amount under the key was answered with the first order',
      { intents: [intent(), intent({ amountMinor: 1200n })] },
    ],
    lookAlike: [
      'another amount under the key was refused, and the amount under another key was not',
      {
        orders: [order(), secondOrder],
        intents: [
          intent(),
          intent({ amountMinor: 1200n, refused: 2, orderIds: [] }),
          intent({ key: 'k2', amountMinor: 1200n, orderIds: ['o2'] }),
        ],
      },
    ],
    mutant: [
      'looks for a second order of a key',
      seeing(({ intents }) => {
        const isFirst = (id: string, place: number): boolean =>
          intents.findIndex(({ orderIds }) => orderIds.includes(id)) === place;
        return {
          intents: intents.map((one, place) => ({ ...one, orderIds: one.orderIds.filter((id) => isFirst(id, place)) })),
        };
      }),
    ],
  },
  {
    id: 'K3',
    defect: [
      'a request that was sent again without an answer made two orders',
      {
        orders: [order(), secondOrder],
        intents: [intent({ unanswered: 1 })],
      },
    ],
    lookAlike: [
      'another buyer of the same wallet and amount gave up before he had an answer',
      {
        orders: [order(), secondOrder],
        intents: [intent({ unanswered: 1 }), intent({ key: 'k2', unanswered: 1, orderIds: [] })],
      },
    ],
    mutant: [
      'takes each nameless order for a repeated one',
      seeing(({ intents }) => ({
        intents: intents.filter(({ orderIds }) => orderIds.length > 0),
      })),
    ],
  },
  {
    id: 'L1',
    defect: ['a debit is missing', { sides: [sides({ debitMinor: 0n })] }],
    lookAlike: [
      'an entry in two currencies balances in each',
      {
        sides: [sides(), sides({ currency: 'USD', debitMinor: 5n, creditMinor: 5n })],
      },
    ],
    mutant: [
      'wants debits alone',
      seeing(({ sides: seen = [] }) => ({
        sides: seen.map((one) => ({ ...one, creditMinor: one.debitMinor })),
      })),
    ],
  },
  {
    id: 'L2',
    defect: [
      'a row was rewritten as it had been, but for the database',
      {
        entries: [{ entryId: 'e1', digest: 'd1', isRewritten: true }],
      },
    ],
    lookAlike: [
      'a row was added',
      {
        entries: [
          { entryId: 'e1', digest: 'd1' },
          { entryId: 'e2', digest: 'd2' },
        ],
      },
    ],
    mutant: [
      'compares digests alone',
      seeing(({ entries }) => ({
        entries: entries.map(({ entryId, digest }) => ({ entryId, digest })),
      })),
    ],
  },
  {
    id: 'L3',
    defect: ['an order was completed past its history', { orders: [order({ state: 'COMPLETED' })] }],
    lookAlike: ['an order is where its history ends', { orders: [order({ state: 'CREDITED' })] }],
    mutant: [
      'believes the order',
      seeing(({ orders }) => ({
        orders: orders.map((one) => ({ ...one, state: 'CREDITED' as const })),
      })),
    ],
  },
  {
    id: 'S1',
    defect: ['a step was left out', { transitions: path('CREATED', 'CREDITED') }],
    lookAlike: [
      'a grant is tried again',
      {
        transitions: path(
          'CREATED',
          'PAYMENT_INITIATED',
          'PAYMENT_SUCCEEDED',
          'CREDITED',
          'PROVISIONING',
          'PROVISIONING',
        ),
      },
    ],
    mutant: ['takes each illegal step for old news', mistaking('S1', 'S2')],
  },
  {
    id: 'S2',
    defect: [
      'a late message put a credited order back',
      {
        transitions: path('CREATED', 'PAYMENT_INITIATED', 'PAYMENT_SUCCEEDED', 'CREDITED', 'PAYMENT_SUCCEEDED'),
      },
    ],
    lookAlike: [
      'an order that failed was paid after all',
      {
        transitions: path('CREATED', 'FAILED', 'PAYMENT_SUCCEEDED', 'CREDITED'),
      },
    ],
    mutant: [
      'sees where an order came from by its own word alone',
      seeing(({ transitions }) => ({
        transitions: transitions.slice(0, -1),
      })),
    ],
  },
  {
    id: 'V1',
    defect: ['the cloud granted before the ledger credited', { grants: [grant({ atMs: 150 })] }],
    lookAlike: [
      'two orders of one account are granted',
      {
        ...twice,
        orders: [order(), secondOrder],
        grants: [grant(), grant({ id: 'g2', reference: 'r2' })],
      },
    ],
    mutant: [
      'does not look at the time',
      seeing(({ grants }) => ({
        grants: grants.map((one) => ({ ...one, atMs: Number.POSITIVE_INFINITY })),
      })),
    ],
  },
  {
    id: 'X3',
    defect: ['a provider in trouble is asked 30 times in a second', { traces: { ...noTraces, calls: calls(30, 33) } }],
    lookAlike: [
      'buyers asked for each of these calls',
      {
        traces: { ...noTraces, calls: calls(30, 33), operations: confirms(30, 33) },
      },
    ],
    mutant: [
      'counts calls, whoever asked for them',
      seeing(({ traces }) => ({ traces: { ...traces, operations: [] } })),
    ],
  },
  {
    id: 'X4',
    defect: ['a connection was not given back', { connections: [{ name: 'api', isLeftOpen: true }] }],
    lookAlike: ['a transaction was under way and ended', { connections: [{ name: 'api', isLeftOpen: false }] }],
    mutant: [
      'takes each connection for an open transaction',
      seeing(({ connections = [] }) => ({
        connections: connections.map(({ name }) => ({ name, isLeftOpen: true })),
      })),
    ],
  },
];

/** Judged by whether the world comes to rest, see settle.ts. */
const elsewhere: readonly AnomalyId[] = ['S3'];

test('every class has cases, and is judged by an invariant that there is', () => {
  const ids = anomalies.map(({ id }) => id);
  expect([...cases.map(({ id }) => id), ...elsewhere].sort()).toEqual(ids);
  expect(ids).toEqual(ids.toSorted());
  const known = invariants.map(({ id }) => id);
  for (const { id, judgedBy } of anomalies) if (!elsewhere.includes(id)) expect(known).toContain(judgedBy);
});

describe.each(cases)('$id', ({ id, defect, lookAlike, mutant }) => {
  const [broken, sound] = [books(defect[1]), books(lookAlike[1])];

  test(`${defect[0]}: by the invariant that says so`, () => {
    expect(checker(broken)).toContain(id);
    const { judgedBy } = anomalies.find((anomaly) => anomaly.id === id) ?? expect.unreachable();
    const judge = invariants.find((invariant) => invariant.id === judgedBy) ?? expect.unreachable();
    expect(anomaliesOf([auditOf(judge, broken)])).toContain(id);
  });

  test(`not when ${lookAlike[0]}`, () => {
    expect(checker(sound)).not.toContain(id);
  });

  test(`a checker that ${mutant[0]} is found out`, () => {
    const wrong = mutant[1](checker);
    expect([wrong(broken).includes(id), wrong(sound).includes(id)]).not.toEqual([true, false]);
  });
});

test('nothing is broken in sound books, nor in those of an order that nobody paid', () => {
  expect(checker(books({ orders: [order({ state: 'CREDITED' })] }))).toEqual([]);
  expect(checker(books({ ...unpaid, orders: [order({ state: 'CREATED' })], balances: stored(1000n) }))).toEqual([]);
});

test('retries are counted in time of production, wherever their window begins', () => {
  const asked = (everyMs: number, timeScale: number) =>
    checker(
      books({ orders: [order({ state: 'CREDITED' })], traces: { ...noTraces, calls: calls(30, everyMs), timeScale } }),
    );
  expect(asked(2_900, 1)).toEqual(['X3']); // 21 in a minute
  expect(asked(3_100, 1)).toEqual([]);
  expect(asked(2_900, 600)).toEqual([]);
});
