import { describe, expect, test } from 'vitest';
import type { Books } from '#harness/books';
import { inLab } from '#harness/cli/compose';
import { loadProject } from '#harness/cli/load-config';
import { invariants } from '#harness/invariants/index';
import type { Delivery } from '#harness/provider';
import { books, credit, delivery, grant, intent, order } from '#harness/run/test-books';
import { embedded } from '#harness/worlds/embedded';
import { killProcess, lossesOf } from './system-kills.ts';

const nothing = { lost: [], double: [], stuck: [], broken: [] };
/** What is found when one order was answered and its notice acknowledged, and the books are as given. */
const found = (given: Partial<Books> = {}, sent: Partial<Delivery> = {}, restless: readonly string[] = []) =>
  lossesOf(books({ transitions: [], ...given }), [delivery(sent)], restless, invariants);

describe('what was told is held against the books', () => {
  test('nothing is wrong when the order is there, credited and granted once, and finished', () => {
    expect(found()).toEqual(nothing);
  });

  test('a credit that is missing is a lost notice, if the provider was told that it was received', () => {
    const gone = { credits: [], orders: [order({ state: 'PAYMENT_PENDING' })] };
    expect(found(gone).lost).toEqual(['notice n1 was acknowledged, and its order o1 is not credited']);
    expect(found(gone, { acknowledged: false }).lost).toEqual([]);
    expect(found(gone, { forged: { forgery: 'unsigned', paymentId: 'x' } }).lost).toEqual([]);
  });

  test('a notice whose order is on hold is with somebody: not lost, but stuck', () => {
    const held = found({ credits: [], orders: [order({ state: 'PAYMENT_PENDING', hold: 'manual_review' })] });
    expect(held.lost).toEqual([]);
    expect(held.stuck).toEqual(['order o1 is paid and in PAYMENT_PENDING, on hold: manual_review']);
  });

  test('an order that a client was told of and that is not there is lost, and so is its notice', () => {
    expect(found({ orders: [] }).lost).toEqual([
      'order o1 was answered, and is not there',
      'notice n1 was acknowledged, and its order r1 is not there',
    ]);
  });

  test('two credits, two grants and two orders for one wish are double', () => {
    expect(found({ credits: [credit(), credit({ entryId: 'e2' })] }).double).toEqual(['payment p1 has 2 credits']);
    expect(found({ grants: [grant(), grant({ id: 'g2' })] }).double).toEqual(['order o1 has 2 grants']);
    const twice = {
      intents: [intent({ key: 'k1', requests: 2, orderIds: ['o1', 'o2'] })],
      orders: [order(), order({ id: 'o2' })],
    };
    expect(found(twice).double).toContain('wish k1 has several orders');
  });

  test('what is under way at the end, or paid and not finished, is stuck', () => {
    expect(found({ orders: [order({ state: 'CREDITED' })] }).stuck).toEqual(['order o1 is paid and in CREDITED']);
    expect(found({}, {}, ['alipay has webhooks under way']).stuck).toEqual(['alipay has webhooks under way']);
  });

  test('a promise that the books break is named', () => {
    const drifted = [{ wallet: 'w1', currency: 'CNY', storedMinor: 1n, postedMinor: 0n }];
    expect(found({ balances: drifted }).broken).toEqual(['balance-equals-ledger']);
  });
});

test('a role that is killed under load loses nothing that was told', async () => {
  const project = await loadProject(process.cwd());
  const providers = project.scenarios[0]?.providers ?? [];
  const killed = await inLab(project, embedded, (lab) => killProcess(lab, providers, 'webhook-role', 2, 1));
  expect(killed).toMatchObject({ ...nothing, kills: 2, killsUnderLoad: 2 });
  expect(killed.acknowledged).toBeGreaterThan(0);
}, 300_000);
