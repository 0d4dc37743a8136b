import { describe, expect, test } from 'vitest';
import type { Books, Traces } from '../books.ts';
import type { Invariant } from '../invariant.ts';
import { acknowledgedWebhooks } from '../invariants/acknowledged-webhooks.ts';
import { appendOnlyLedger } from '../invariants/append-only-ledger.ts';
import { balanceEqualsLedger } from '../invariants/balance-equals-ledger.ts';
import { balancedEntries } from '../invariants/balanced-entries.ts';
import { boundedRetries } from '../invariants/bounded-retries.ts';
import { exactMatch } from '../invariants/exact-match.ts';
import { explainedStates } from '../invariants/explained-states.ts';
import { failClosed } from '../invariants/fail-closed.ts';
import { grantedOnce } from '../invariants/granted-once.ts';
import { invariants } from '../invariants/index.ts';
import { legalTransitions } from '../invariants/legal-transitions.ts';
import { noDoubleCharge } from '../invariants/no-double-charge.ts';
import { noDoubleCredit } from '../invariants/no-double-credit.ts';
import { noLostCredit } from '../invariants/no-lost-credit.ts';
import { noOpenTransactions } from '../invariants/no-open-transactions.ts';
import { noUnbackedCredit } from '../invariants/no-unbacked-credit.ts';
import { oneRequestPerKey } from '../invariants/one-request-per-key.ts';
import { truthfulBalances } from '../invariants/truthful-balances.ts';
import { auditOf, type Finding } from './audit.ts';
import {
  books,
  calls,
  confirms,
  credit,
  delivery,
  emptyBooks,
  grant,
  intent,
  look,
  noTraces,
  order,
  path,
  payment,
  told,
} from './test-books.ts';

type Row = readonly [finding: Finding, when: string, given: Partial<Books>];

const secondOrder = order({ id: 'o2', reference: 'r2' });
const secondPayment = payment({ id: 'p2', reference: 'r2' });
const secondCredit = credit({ entryId: 'e2', orderId: 'o2', paymentId: 'p2' });

const forgedInput = {
  reference: 'r1',
  eventId: 'n-forged',
  paymentId: 'p-forged',
  forgery: 'unsigned',
  sentMs: 90,
  status: 401,
  wasBelieved: false,
};

const refusals = [1, 2, 3].map((attempt) => delivery({ attempt, status: 500, acknowledged: false }));

const seen = (part: Partial<Traces>): Partial<Books> => ({ traces: { ...noTraces, ...part } });

/** Calls without an answer, ten minutes apart. */
const inVain = (times: number) => calls(times, 600_000).map((one) => ({ ...one, outcome: 'before' as const }));

const cases: readonly (readonly [Invariant, readonly Row[]])[] = [
  [
    noDoubleCredit,
    [
      ['holds', 'one capture has one credit', {}],
      [
        'holds',
        'the same buyer pays the same amount twice',
        { captured: [payment(), secondPayment], credits: [credit(), secondCredit] },
      ],
      ['unknown', 'no capture has a credit, which another promise judges', { credits: [] }],
      ['violated', 'one capture has two credits', { credits: [credit(), credit({ entryId: 'e2' })] }],
      [
        'violated',
        'the second credit went to another wallet',
        { credits: [credit(), credit({ entryId: 'e2', wallet: 'w2' })] },
      ],
    ],
  ],
  [
    noLostCredit,
    [
      ['holds', 'the capture is credited', {}],
      [
        'holds',
        'the order is on hold',
        { credits: [], orders: [order({ state: 'PAYMENT_PENDING', hold: 'reconciliation' })] },
      ],
      [
        'holds',
        'the money is kept as nobody’s',
        {
          credits: [],
          orders: [],
          unmatched: [{ paymentId: 'p1', amountMinor: payment().amountMinor, currency: 'CNY' }],
        },
      ],
      [
        'violated',
        'less is kept than came',
        { credits: [], orders: [], unmatched: [{ paymentId: 'p1', amountMinor: 1n, currency: 'CNY' }] },
      ],
      ['violated', 'the capture has no credit', { credits: [] }],
      ['violated', 'the credit belongs to another payment', { credits: [credit({ paymentId: 'p9' })] }],
      ['violated', 'nobody knows the order', { credits: [], orders: [] }],
    ],
  ],
  [
    noUnbackedCredit,
    [
      ['holds', 'the credit points to the capture of its order', {}],
      ['violated', 'no provider knows the payment', { credits: [credit({ paymentId: 'forged' })] }],
      [
        'violated',
        'the payment was for another order',
        { credits: [credit({ orderId: 'o2' })], orders: [order(), secondOrder] },
      ],
    ],
  ],
  [
    exactMatch,
    [
      ['holds', 'order, capture and credit agree', {}],
      ['unknown', 'nothing was credited and nothing differs', { credits: [] }],
      ['holds', 'a mismatched capture was not credited', { captured: [payment({ amountMinor: 980n })], credits: [] }],
      ['violated', 'the capture was short and credited as ordered', { captured: [payment({ amountMinor: 980n })] }],
      [
        'violated',
        'the capture was short and credited as captured',
        { captured: [payment({ amountMinor: 980n })], credits: [credit({ amountMinor: 980n })] },
      ],
      ['violated', 'the currency differs', { captured: [payment({ currency: 'USD' })] }],
      ['violated', 'the credit went to another wallet', { credits: [credit({ wallet: 'w2' })] }],
      ['violated', 'fen were taken for yuan', { credits: [credit({ amountMinor: 100_000n })] }],
    ],
  ],
  [
    noDoubleCharge,
    [
      ['holds', 'one intent is one order', {}],
      ['holds', 'sixteen equal requests are one order', { intents: [intent({ requests: 16, orderIds: ['o1'] })] }],
      ['unknown', 'no intent became an order', { intents: [intent({ requests: 1, orderIds: [] })] }],
      ['violated', 'one intent became two orders', { intents: [intent({ requests: 2, orderIds: ['o1', 'o2'] })] }],
      ['violated', 'one order was paid twice', { captured: [payment(), payment({ id: 'p2' })] }],
    ],
  ],
  [
    oneRequestPerKey,
    [
      [
        'holds',
        'another amount under the key was refused',
        { intents: [intent(), intent({ amountMinor: 5n, refused: 1, orderIds: [] })] },
      ],
      [
        'holds',
        'the other amount came first',
        { intents: [intent({ refused: 1, orderIds: [] }), intent({ amountMinor: 5n })] },
      ],
      ['unknown', 'no key came with different requests', { intents: [intent(), intent({ key: 'k2' })] }],
      [
        'unknown',
        'nobody heard what became of the other request',
        { intents: [intent(), intent({ amountMinor: 5n, unanswered: 1, orderIds: [] })] },
      ],
      [
        'violated',
        'the other amount was answered with the first order',
        { intents: [intent(), intent({ amountMinor: 5n })] },
      ],
      [
        'violated',
        'the other amount made an order of its own',
        { intents: [intent(), intent({ amountMinor: 5n, orderIds: ['o2'] })], orders: [order(), secondOrder] },
      ],
    ],
  ],
  [
    truthfulBalances,
    [
      ['holds', 'the wallet is shown at rest as it is', {}],
      ['violated', 'the owner is shown another balance at rest', { shown: [{ wallet: 'w1', balanceMinor: 900n }] }],
      ['unknown', 'the system showed no balance', { shown: [] }],
      [
        'unknown',
        'what is stored is wrong in itself',
        { balances: [{ wallet: 'w1', currency: 'CNY', storedMinor: 900n, postedMinor: 1000n }] },
      ],
      [
        'unknown',
        'not all postings are known',
        { balances: [{ wallet: 'w1', currency: 'CNY', storedMinor: 1500n, postedMinor: 1500n }] },
      ],
      ['holds', 'a look before the credit sees nothing', seen({ operations: [look(0n, 1, { completedMs: 150 })] })],
      ['violated', 'money is shown before it is posted', seen({ operations: [look(1000n, 1, { completedMs: 150 })] })],
      ['holds', 'the credit is posted while somebody looks', seen({ operations: [look(0n, 1, { invokedMs: 150 })] })],
      ['violated', 'own money is not there', seen({ operations: [told(1), look(0n, 3)] })],
      ['holds', 'the buyer was told while he looked', seen({ operations: [told(1), look(0n, 2)] })],
      [
        'holds',
        'the order was told of before it was paid',
        seen({ operations: [told(1, { shownState: 'PAYMENT_PENDING' }), look(0n, 3)] }),
      ],
      ['violated', 'a balance goes back', seen({ operations: [look(1000n, 1), look(0n, 3)] })],
      [
        'holds',
        'a look got no answer',
        seen({ operations: [told(1), look(0n, 3, { outcome: 'unknown', status: 0 })] }),
      ],
      [
        'holds',
        'of two credits of one order nobody knows which had been there',
        {
          credits: [credit(), credit({ entryId: 'e2', amountMinor: 1n })],
          balances: [{ wallet: 'w1', currency: 'CNY', storedMinor: 1001n, postedMinor: 1001n }],
          shown: [{ wallet: 'w1', balanceMinor: 1001n }],
          ...seen({ operations: [told(1), look(1n, 3)] }),
        },
      ],
    ],
  ],
  [
    appendOnlyLedger,
    [
      ['holds', 'each row is as it was', {}],
      [
        'holds',
        'rows were added',
        {
          entries: [
            { entryId: 'e1', digest: 'd1' },
            { entryId: 'e2', digest: 'd2' },
          ],
        },
      ],
      ['violated', 'a row changed', { entries: [{ entryId: 'e1', digest: 'other' }] }],
      ['violated', 'a row vanished', { entries: [] }],
      [
        'violated',
        'the database proves a change that nobody saw happen',
        { earlierEntries: [], entries: [{ entryId: 'e1', digest: 'd1', isRewritten: true, writtenMs: 7 }] },
      ],
      [
        'holds',
        'the database vouches for each row',
        { entries: [{ entryId: 'e1', digest: 'd1', isRewritten: false }] },
      ],
    ],
  ],
  [
    balanceEqualsLedger,
    [
      ['holds', 'stored and posted agree', {}],
      [
        'violated',
        'an update was lost',
        { balances: [{ wallet: 'w1', currency: 'CNY', storedMinor: 1000n, postedMinor: 2000n }] },
      ],
      [
        'violated',
        'more is stored than posted',
        { balances: [{ wallet: 'w1', currency: 'CNY', storedMinor: 1001n, postedMinor: 1000n }] },
      ],
    ],
  ],
  [
    legalTransitions,
    [
      ['holds', 'each step follows', {}],
      [
        'holds',
        'a grant is retried',
        {
          transitions: path(
            'CREATED',
            'PAYMENT_INITIATED',
            'PAYMENT_SUCCEEDED',
            'CREDITED',
            'PROVISIONING',
            'PROVISIONING',
            'COMPLETED',
          ),
        },
      ],
      ['violated', 'a step is not in the graph', { transitions: path('CREATED', 'CREDITED') }],
      ['violated', 'a failed order is completed', { transitions: path('CREATED', 'FAILED', 'COMPLETED') }],
      [
        'violated',
        'the history does not begin at the beginning',
        { transitions: path('PAYMENT_PENDING', 'PAYMENT_SUCCEEDED') },
      ],
      [
        'violated',
        'two writers left the same state',
        {
          transitions: [
            ...path('CREATED', 'PAYMENT_INITIATED', 'PAYMENT_PENDING'),
            { orderId: 'o1', sequence: 4, from: 'PAYMENT_INITIATED', to: 'PAYMENT_PENDING', cause: 'x', atMs: 9 },
          ],
        },
      ],
    ],
  ],
  [
    failClosed,
    [
      ['holds', 'a forged webhook was refused', { forged: [forgedInput] }],
      [
        'holds',
        'an order was held for a real mismatch',
        {
          forged: [forgedInput],
          captured: [payment({ amountMinor: 1n })],
          orders: [order({ hold: 'reconciliation' })],
        },
      ],
      [
        'holds',
        'another order is on hold',
        { forged: [{ ...forgedInput, reference: 'r9' }], orders: [order({ hold: 'manual_review' })] },
      ],
      [
        'holds',
        'an order is held under way to the cloud, which has reasons of its own',
        { forged: [forgedInput], orders: [order({ state: 'PROVISIONING', hold: 'manual_review' })] },
      ],
      [
        'holds',
        'an order that was paid twice is held, and the forged webhook was believed',
        {
          forged: [{ ...forgedInput, wasBelieved: true }],
          captured: [payment(), payment({ id: 'p2' })],
          orders: [order({ hold: 'reconciliation' })],
        },
      ],
      ['holds', 'a forgery names the number of a real payment', { forged: [{ ...forgedInput, paymentId: 'p1' }] }],
      ['violated', 'its payment was credited', { forged: [forgedInput], credits: [credit({ paymentId: 'p-forged' })] }],
      [
        'violated',
        'it was believed, and stopped an order on its way to the cloud',
        {
          forged: [forgedInput, { ...forgedInput, wasBelieved: true }],
          orders: [order({ state: 'PROVISIONING', hold: 'reconciliation' })],
        },
      ],
      [
        'violated',
        'it stopped an order that waited for its payment',
        {
          forged: [forgedInput],
          captured: [],
          credits: [],
          orders: [order({ state: 'PAYMENT_PENDING', hold: 'reconciliation' })],
        },
      ],
      [
        'violated',
        'it moved an order',
        { forged: [forgedInput], transitions: path('CREATED').map((row) => ({ ...row, reference: 'n-forged' })) },
      ],
      [
        'violated',
        'it stopped an order that was paid as it should be',
        { forged: [forgedInput], orders: [order({ hold: 'reconciliation' })] },
      ],
    ],
  ],
  [
    grantedOnce,
    [
      ['holds', 'granted equals credited', {}],
      [
        'holds',
        'a grant is still missing for an order under way',
        { orders: [order(), order({ id: 'o2', state: 'PROVISIONING' })], credits: [credit(), secondCredit] },
      ],
      [
        'holds',
        'two orders of one account are granted',
        {
          orders: [order(), secondOrder],
          credits: [credit(), secondCredit],
          grants: [grant(), grant({ id: 'g2', reference: 'r2' })],
        },
      ],
      [
        'violated',
        'granted twice under a fresh reference',
        { grants: [grant(), grant({ id: 'g2', reference: 'r1_2' })] },
      ],
      [
        'violated',
        'one order was granted twice and its twin never',
        {
          orders: [order(), secondOrder],
          credits: [credit(), secondCredit],
          grants: [grant(), grant({ id: 'g2', reference: 'r1_2' })],
        },
      ],
      ['holds', 'the references lead to no order, and the sums agree', { grants: [grant({ reference: 'x-77' })] }],
      [
        'violated',
        'the references lead to no order, and the sums differ',
        { grants: [grant({ reference: 'x-77' }), grant({ id: 'g2', reference: 'x-78' })] },
      ],
      ['violated', 'granted without any credit', { credits: [], orders: [order({ state: 'FAILED' })] }],
      ['violated', 'a completed order was granted less', { grants: [grant({ amountMinor: 999n })] }],
      ['violated', 'granted to another account', { grants: [grant({ cloudAccount: 'a2' })] }],
    ],
  ],
  [
    acknowledgedWebhooks,
    [
      ['holds', 'it is acknowledged after some refusals', seen({ deliveries: [...refusals, delivery()] })],
      ['holds', 'it was refused twice so far', seen({ deliveries: refusals.slice(1) })],
      ['holds', 'it met a dead process', seen({ deliveries: refusals.map((one) => ({ ...one, status: 0 })) })],
      ['unknown', 'it was refused while its payment had no credit', { ...seen({ deliveries: refusals }), credits: [] }],
      ['violated', 'it is refused for good', seen({ deliveries: refusals })],
    ],
  ],
  [
    balancedEntries,
    [
      [
        'holds',
        'both sides are equal',
        { sides: [{ entryId: 'e1', currency: 'CNY', debitMinor: 5n, creditMinor: 5n }] },
      ],
      ['unknown', 'the ledger has no double entry', {}],
      ['violated', 'a side is short', { sides: [{ entryId: 'e1', currency: 'CNY', debitMinor: 5n, creditMinor: 4n }] }],
    ],
  ],
  [
    boundedRetries,
    [
      ['holds', 'some calls are repeated', seen({ calls: calls(20, 10) })],
      ['unknown', 'no call is repeated', seen({ calls: calls(1, 10) })],
      ['holds', 'buyers asked for them', seen({ calls: calls(40, 10), operations: confirms(20, 20) })],
      ['violated', 'nobody asked for them', seen({ calls: calls(21, 10) })],
      ['holds', 'twelve have no answer', seen({ calls: inVain(12) })],
      ['violated', 'thirteen have no answer, however slowly they are made', seen({ calls: inVain(13) })],
      ['holds', 'twelve never arrived', seen({ calls: calls(20, 10), lostCalls: { count: 12, sinceMs: 1 } })],
      ['unknown', 'thirteen never arrived', seen({ calls: calls(20, 10), lostCalls: { count: 13, sinceMs: 1 } })],
      ['violated', 'so many arrived anyway', seen({ calls: calls(21, 10), lostCalls: { count: 13, sinceMs: 1 } })],
      [
        'violated',
        'they come after all that was asked for',
        {
          ...seen({
            calls: calls(21, 10).map((one) => ({ ...one, startedMs: one.startedMs + 90_000 })),
            operations: confirms(20, 20),
          }),
        },
      ],
    ],
  ],
  [
    explainedStates,
    [
      ['holds', 'the order is where its history ends', { orders: [order({ state: 'CREDITED' })] }],
      ['unknown', 'the system keeps no history', { transitions: [] }],
      [
        'holds',
        'an order on hold has a credit that its history does not know',
        {
          orders: [order({ state: 'PAYMENT_SUCCEEDED', hold: 'manual_review' })],
          transitions: path('CREATED', 'PAYMENT_INITIATED', 'PAYMENT_SUCCEEDED'),
        },
      ],
      ['violated', 'the order was changed past its history', {}],
      ['violated', 'an order has no history', { orders: [order({ state: 'CREDITED' }), secondOrder] }],
      [
        'violated',
        'nothing says that the order was credited',
        {
          orders: [order({ state: 'PAYMENT_SUCCEEDED' })],
          transitions: path('CREATED', 'PAYMENT_INITIATED', 'PAYMENT_SUCCEEDED'),
        },
      ],
    ],
  ],
  [
    noOpenTransactions,
    [
      ['holds', 'each has ended', { connections: [{ name: 'api', isLeftOpen: false }] }],
      ['unknown', 'the system did not come to rest', {}],
      ['violated', 'one is still open', { connections: [{ name: 'api', isLeftOpen: true }] }],
    ],
  ],
];

test('every invariant has cases', () => {
  expect(cases.map(([{ id }]) => id).sort()).toEqual(invariants.map(({ id }) => id));
});

describe.each(cases)('$id', (invariant, rows) => {
  test.each(rows)('%s when %s', (finding, _when, given) => {
    expect(auditOf(invariant, books(given)).finding).toBe(finding);
  });

  test('unknown when nothing happened', () => {
    expect(auditOf(invariant, emptyBooks)).toMatchObject({ finding: 'unknown', exercised: 0 });
  });

  test('a witness says who was harmed, what was expected and what was found', () => {
    const violated = rows.filter(([finding]) => finding === 'violated');
    for (const [, , given] of violated) {
      for (const witness of auditOf(invariant, books(given)).witnesses) {
        expect(witness.subject).toMatch(/\S+ \S+/);
        expect([witness.story, witness.expected, witness.actual].every((text) => text.length > 5)).toBe(true);
      }
    }
    expect(violated.length).toBeGreaterThan(0);
  });
});

test('an oracle that crashes knows nothing', () => {
  const crashing: Invariant = {
    ...noDoubleCredit,
    witnesses: () => {
      throw new Error('no such column');
    },
  };
  expect(auditOf(crashing, books())).toMatchObject({ finding: 'unknown', reason: 'its oracle failed: no such column' });
});

test('whatever a forged webhook did is dated by its arrival, since it may be seen from then on', () => {
  const given = books({
    forged: [forgedInput, { ...forgedInput, eventId: 'n-later', sentMs: 400 }],
    credits: [credit({ paymentId: 'p-forged' })],
    transitions: path('CREATED').map((row) => ({ ...row, atMs: 150, reference: 'n-forged' })),
    orders: [order({ hold: 'reconciliation' })],
  });
  expect(auditOf(failClosed, given).witnesses.map(({ sinceMs }) => sinceMs)).toEqual([90, 90, 90]);
});

test('an order that was never granted is counted among those that were looked at', () => {
  const three = ['ord_1', 'ord_2', 'ord_3'].map((id) => order({ id, reference: id, cloudAccount: id }));
  const grants = [grant({ reference: 'ord_1', cloudAccount: 'ord_1' })];
  const { witnesses, exercised } = auditOf(grantedOnce, books({ orders: three, grants }));
  expect(witnesses).toHaveLength(2);
  expect(exercised).toBe(3);
});

test('an order is granted too much from the first grant that exceeds its credit, however many follow', () => {
  const times = [700, 300, 900].map((atMs, index) => grant({ id: `g${index}`, reference: `r1_${index}`, atMs }));
  expect(auditOf(grantedOnce, books({ grants: times })).witnesses).toMatchObject([{ sinceMs: 700 }]);
});

test('a wish is charged twice from the moment of its second order or second payment, whichever was first', () => {
  const created = [700, 300, 900].map((atMs, index) => {
    return { orderId: `o${index}`, sequence: 1, from: null, to: 'CREATED' as const, cause: 'test', atMs };
  });
  const given = {
    intents: [intent({ requests: 3, orderIds: ['o0', 'o1', 'o2'] })],
    orders: [0, 1, 2].map((index) => order({ id: `o${index}`, reference: `r${index}` })),
    captured: [800, 850].map((atMs, index) => payment({ id: `p${index}`, reference: `r${index}`, atMs })),
    transitions: created,
  };
  const sinceOf = (part: Partial<Books>) => auditOf(noDoubleCharge, books({ ...given, ...part })).witnesses[0]?.sinceMs;
  expect(sinceOf({})).toBe(700);
  expect(sinceOf({ transitions: [] })).toBe(850);
  expect(sinceOf({ transitions: created.map((row) => ({ ...row, from: 'CREATED' as const })) })).toBe(850);
  expect(sinceOf({ transitions: [], captured: [] })).toBeUndefined();
});

test('a ledger row was rewritten or removed after the latest look at which it was as it had been', () => {
  const rewritten = { entryId: 'e1', digest: 'other', writtenMs: 100 };
  const sinceOf = (part: Partial<Books>) =>
    auditOf(appendOnlyLedger, books(part)).witnesses.map(({ sinceMs }) => sinceMs);
  const seen = { entryId: 'e1', digest: 'd1' };
  expect(sinceOf({ entries: [rewritten], earlierEntries: [{ ...seen, intactMs: 250 }] })).toEqual([250]);
  expect(sinceOf({ entries: [rewritten], earlierEntries: [seen] })).toEqual([100]);
  expect(sinceOf({ entries: [], earlierEntries: [{ ...seen, writtenMs: 100, intactMs: 250 }] })).toEqual([250]);
  expect(sinceOf({ entries: [], earlierEntries: [seen] })).toEqual([undefined]);
});
