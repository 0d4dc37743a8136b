/** What each class makes of a lost answer, by what its cloud tells afterwards. */
import { describe, expect, test } from 'vitest';
import type { Failure } from '../../resilience/failure.ts';
import { type Cloud, cloudOf, type Reading, type Sighting } from '../cloud.ts';
import { strategyPerClass } from '../repeat-policy.ts';

const attempt = {
  id: '1',
  nth: 1,
  outBizId: 'order',
  state: 'UNKNOWN',
  ageMs: 0,
  quotaBeforeMinor: 100n,
} as const;
const lost = { cloudAccountId: 'account', amountMinor: 10n, attempt };
const busy: Failure = { kind: 'retry', reason: 'busy' };

/** A cloud that tells `reading` and `sighting`, and whose every other use is a mistake. */
const cloud = (reading: Reading, sighting?: Sighting): Cloud => ({
  id: 'alibaba-cloud',
  grant: () => expect.unreachable(),
  read: async () => reading,
  ...(sighting && { find: async (_account, reference) => (reference === 'order' ? sighting : expect.unreachable()) }),
});
const reads = (amountMinor: bigint): Reading => ({ kind: 'reading', amountMinor });

test.each([
  { by: 'K', reading: reads(110n), decision: 'granted' },
  { by: 'K', reading: reads(100n), decision: 'repeat' },
  { by: 'K', reading: reads(95n), decision: 'repeat' },
  { by: 'K', reading: busy, decision: busy },
  { by: 'L', reading: reads(110n), decision: 'granted' },
  { by: 'L', reading: reads(100n), decision: 'repeat' },
  { by: 'L', reading: reads(120n), decision: 'undecided' },
  { by: 'L', reading: busy, decision: busy },
  { by: 'N', reading: reads(110n), decision: 'granted' },
  { by: 'N', reading: reads(100n), decision: 'repeat' },
  { by: 'N', reading: reads(107n), decision: 'undecided' },
  { by: 'N', reading: reads(97n), decision: 'undecided' },
  { by: 'N', reading: busy, decision: busy },
  { by: 'A', reading: reads(110n), decision: 'repeat' },
] as const)('$by decides $decision at $reading', async ({ by, reading, decision }) => {
  expect(await strategyPerClass[by].afterLostAnswer(cloud(reading), lost)).toEqual(decision);
});

describe('class R', () => {
  test.each([
    { sighting: { kind: 'found' }, decision: 'granted' },
    { sighting: { kind: 'absent' }, decision: 'repeat' },
    { sighting: busy, decision: busy },
  ] as const)('decides $decision at $sighting', async ({ sighting, decision }) => {
    expect(await strategyPerClass.R.afterLostAnswer(cloud(busy, sighting), lost)).toEqual(decision);
  });

  test('cannot decide where nothing can be searched', async () => {
    expect(await strategyPerClass.R.afterLostAnswer(cloud(reads(0n)), lost)).toMatchObject({ kind: 'refused' });
  });
});

test('a cloud that is not configured any more refuses, so that a person looks', async () => {
  const notServed = { kind: 'refused', reason: 'this role is not configured for huawei-cloud' };
  const client = cloudOf({}, 'huawei-cloud');
  const grantable = { cloudAccountId: 'account', amountMinor: 1n, reference: 'order', beforeMinor: 0n };
  expect(await client.read('account', false)).toEqual(notServed);
  expect(await client.grant(grantable, 'order', false)).toEqual(notServed);
});

test('only a key makes a repeat right before the lost call can no longer arrive', () => {
  const waiting = Object.entries(strategyPerClass).filter(([, { waitsForArrival }]) => waitsForArrival);
  expect(waiting.map(([by]) => by)).toEqual(['R', 'L', 'N', 'A']);
});
