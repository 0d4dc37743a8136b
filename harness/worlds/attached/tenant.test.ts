import { expect, test } from 'vitest';
import type { LedgerView } from '../../books.ts';
import type { PlannedTraffic } from '../../workload.ts';
import { claimed, ownPart } from './tenant.ts';

test('traffic is made under names of its own, and is otherwise as planned', () => {
  const order = { wallet: 'w1', idempotencyKey: 'k1', cloudAccount: '17', ordinal: 3 };
  const traffic = { batches: [[order]] } as unknown as PlannedTraffic;
  expect(claimed(traffic, 't-')).toEqual({ batches: [[{ ...order, wallet: 't-w1', idempotencyKey: 't-k1' }]] });
});

test('the ledger is that of the own wallets, with credits to strangers for own orders', () => {
  const ledger = {
    orders: [
      { id: 'o1', wallet: 't-w1' },
      { id: 'o2', wallet: 'w2' },
    ],
    credits: [
      { orderId: 'o1', wallet: 'stranger' },
      { orderId: 'o2', wallet: 'w2' },
      { orderId: 'o2', wallet: 't-w1' },
    ],
    balances: [{ wallet: 't-w1' }, { wallet: 'w2' }],
    transitions: [{ orderId: 'o1' }, { orderId: 'o2' }],
    entries: [{ entryId: 'e1' }],
  } as unknown as LedgerView;
  expect(ownPart(ledger, 't-')).toEqual({
    orders: [{ id: 'o1', wallet: 't-w1' }],
    credits: [
      { orderId: 'o1', wallet: 'stranger' },
      { orderId: 'o2', wallet: 't-w1' },
    ],
    balances: [{ wallet: 't-w1' }],
    transitions: [{ orderId: 'o1' }],
    entries: [{ entryId: 'e1' }],
  });
});
