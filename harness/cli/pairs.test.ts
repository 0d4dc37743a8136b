/** Every way of an order, in simulated worlds: one top-up, from the intent to the grant, with and without harm. */
import { describe, expect, test } from 'vitest';
import { type Exploration, runShaped, type Subject } from '../explore/exploration.ts';
import { planRun } from '../run/plan.ts';
import { guidedBy } from '../simulate/milestones.ts';
import { parseSetting } from './settings.ts';
import { explored, subjectOf } from './test-exploring.ts';

const seed = 1;

/** The world of one planned order in which nothing goes wrong but planned faults, and these choices. */
const worldOf = (exploration: Exploration, ordinal: number, ...choices: readonly string[]) =>
  runShaped(exploration, seed, { ordinals: [ordinal], hasGates: false, isHasty: false }, guidedBy(choices), 'quick');

test('a top-up goes every way, and leaves one payment, one credit and one grant where they belong', async () => {
  const subject = subjectOf('every-pair');
  const orders = planRun(subject.scenario, seed).traffic.batches.flat();
  const first = new Map(orders.toReversed().map((order) => [JSON.stringify(order.via), order]));
  expect(first.size).toBe(subject.scenario.routes?.length);
  await explored(subject, async (exploration) => {
    for (const { ordinal, via, amountMinor, currency, cloudAccount } of first.values()) {
      const { fingerprint, books, restless } = await worldOf(exploration, ordinal);
      const money = { amountMinor, currency };
      expect({ via, fingerprint, restless }).toEqual({ via, fingerprint: [], restless: [] });
      expect(books.orders).toMatchObject([{ state: 'COMPLETED', hold: null, ...money }]);
      expect(books.captured).toMatchObject([{ provider: via?.payment, ...money }]);
      expect(books.credits).toMatchObject([money]);
      expect(books.grants).toMatchObject([{ provider: via?.cloud, cloudAccount, ...money }]);
    }
  });
});

const aboutPayments = [
  'altered-sealed-webhooks',
  'amount-mismatch',
  'click-instead-of-webhook',
  'confirm-race',
  'duplicate-webhooks',
  'forged-webhooks',
  'lost-webhook',
];
/** Nobody asks a bank for a payment: there is no call whose answer could be lost, late or refused. */
const aboutAsking = ['lost-payment-response', 'provider-outage', 'webhook-before-response'];
const everywhere = [...aboutPayments, ...aboutAsking];
/** Answers that can be altered unseen by who does not look at their signature have one. */
const aboutSignedAnswers = ['altered-answers'];

test.each([
  { payment: 'bank-transfer', ids: aboutPayments },
  { payment: 'standard-webhooks', ids: everywhere },
  { payment: 'stripe', ids: everywhere },
  { payment: 'wechat-pay', ids: [...everywhere, ...aboutSignedAnswers] },
])('what was written for Alipay holds over $payment: $ids', async ({ payment, ids }) => {
  const subjects = ids.map((id) => ({ ...subjectOf(id), settings: [parseSetting(`orders.payment=${payment}`)] }));
  await explored(subjects[0] as Subject, async (exploration) => {
    for (const subject of subjects) {
      const { id } = subject.scenario;
      const shape = { ordinals: [0, 1, 2], hasGates: false, isHasty: false };
      const { fingerprint, books } = await runShaped({ ...exploration, subject }, seed, shape, guidedBy([]), 'quick');
      expect({ id, fingerprint }).toEqual({ id, fingerprint: [] });
      expect(new Set(books.captured.map(({ provider }) => provider))).toEqual(new Set([payment]));
    }
  });
});

const ways = planRun(subjectOf('lost-answers-everywhere').scenario, seed).scenario.routes ?? [];
const grants = ways.map(({ cloud, grantBy, currency }) => ({ cloud, grantBy, currency }));

test('the ways to grant are all that the clouds have, of every class', () => {
  expect(grants.map(({ cloud, grantBy }) => `${cloud} ${grantBy}`).toSorted()).toEqual([
    'alibaba-cloud ChangeResellerConsumeAmount',
    'alibaba-cloud SetResellerUserQuota',
    'huawei-cloud POST /v2/accounts/partner-accounts/adjust-amount',
    'huawei-cloud POST /v2/enterprises/multi-accounts/transfer-amount',
    'tencent-cloud AgentTransferMoney',
    'tencent-cloud AllocateCustomerCredit',
  ]);
});

/** The scenario over Stripe and this cloud. */
const subjectAt = ({ cloud, grantBy, currency }: (typeof grants)[number], ...more: readonly string[]) => {
  const settings = [
    'orders.payment=stripe',
    `orders.cloud=${cloud}/${grantBy}`,
    `orders.currency=${currency}`,
    ...more,
  ];
  return { ...subjectOf('lost-grant-answer'), settings: settings.map(parseSetting) };
};

/** The same without the scenario's own faults. */
const calmAt = (way: (typeof grants)[number]) => {
  const subject = subjectAt(way);
  return { ...subject, scenario: { ...subject.scenario, faults: [] } };
};

describe.each(grants)('$grantBy of $cloud', (way) => {
  test('grants once, although its first two answers are lost', async () => {
    await explored(subjectAt(way, 'lose-answer.sharePercent=100', 'lose-answer.times=2'), async (exploration) => {
      const { fingerprint, books, restless } = await worldOf(exploration, 0);
      expect({ fingerprint, restless }).toEqual({ fingerprint: [], restless: [] });
      expect(books.orders).toMatchObject([{ state: 'COMPLETED', hold: null }]);
      expect(books.grants).toHaveLength(1);
      expect(books.traces.calls.filter(({ outcome }) => outcome === 'afterEffect').length).toBeGreaterThan(0);
    });
  });

  test('grants two orders of one account what each of them paid, although answers are lost', async () => {
    const subject = subjectAt(way, 'lose-answer.sharePercent=100', 'lose-answer.times=1');
    await explored(subject, async (exploration) => {
      // Every fifth buyer is the one before, with the same amount.
      const shape = { ordinals: [3, 4], hasGates: false, isHasty: false };
      const { fingerprint, books, restless } = await runShaped(exploration, seed, shape, guidedBy([]), 'quick');
      expect({ fingerprint, restless }).toEqual({ fingerprint: [], restless: [] });
      expect(new Set(books.grants.map(({ cloudAccount }) => cloudAccount)).size).toBe(1);
      const [one, other] = books.orders.map(({ amountMinor }) => amountMinor);
      expect(books.grants.map(({ amountMinor }) => amountMinor)).toEqual([one, other]);
    });
  });

  test('grants once, whatever becomes of the call on its way', async () => {
    await explored(calmAt(way), async (exploration) => {
      // The first call reads the account, the second one grants.
      for (const fate of ['is not sent', 'loses its answer', 'is done late']) {
        const harm = `provisioning calls ${way.cloud} #2 ${fate}`;
        const { fingerprint, books, restless, lines } = await worldOf(exploration, 0, harm);
        expect({ harm, fingerprint, restless }).toEqual({ harm, fingerprint: [], restless: [] });
        expect(lines).toContain(harm);
        expect(books.orders).toMatchObject([{ state: 'COMPLETED', hold: null }]);
        expect(books.grants).toHaveLength(1);
      }
    });
  });

  test('grants once what the network delivers twice, where its class lets a client survive that', async () => {
    const safe = [
      'ChangeResellerConsumeAmount',
      'POST /v2/enterprises/multi-accounts/transfer-amount',
      'SetResellerUserQuota',
    ];
    await explored(calmAt(way), async (exploration) => {
      const harm = `provisioning calls ${way.cloud} #2 is done twice`;
      const { fingerprint, books, lines } = await worldOf(exploration, 0, harm);
      expect(lines.includes(harm)).toBe(safe.includes(way.grantBy ?? ''));
      expect(books.grants).toHaveLength(1);
      expect(fingerprint).toEqual([]);
    });
  });
});
