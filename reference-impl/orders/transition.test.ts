import { describe, expect, test } from 'vitest';
import { stateUnderRowLock } from '../defects/state-under-row-lock.ts';
import { stateWithoutCompareAndSwap } from '../defects/state-without-compare-and-swap.ts';
import { testDatabase } from '../test-world.ts';
import { insertOrder } from './order.ts';
import { compareAndSwap, type Transition } from './transition.ts';

const database = testDatabase();
const withoutCheck = testDatabase(stateWithoutCompareAndSwap.overlay);

const move = (orderId: string, to: 'PAYMENT_INITIATED' | 'FAILED' = 'PAYMENT_INITIATED') =>
  ({ orderId, from: ['CREATED'], to, cause: 'initiation', reference: 'test' }) as const;

const created = async (on: typeof database, id: string): Promise<string> => {
  const route = { currency: 'CNY', paymentProvider: 'alipay', cloud: 'alibaba-cloud' } as const;
  const order = { id, walletId: 'w', cloudAccountId: 'c', amountMinor: 1n, ...route, intent: id };
  await insertOrder(on.as(), order, { initiateMs: 1000, queryMs: 1000 });
  return id;
};

const historyOf = async (on: typeof database, orderId: string): Promise<string[]> => {
  const sql = 'select from_state, to_state from topup.order_transitions where order_id = $1 order by sequence';
  const { rows } = await on.as().query(sql, [orderId]);
  return rows.map(({ from_state, to_state }) => `${from_state} > ${to_state}`);
};

/** Resolves once the session waits for a lock that another one holds. */
const untilBlocked = async (on: typeof database, pid: number): Promise<void> => {
  for (;;) {
    const { rows } = await on.as().query('select cardinality(pg_blocking_pids($1)) as n', [pid]);
    if (rows[0].n > 0) return;
  }
};

/** Two sessions move the order: the second reads and writes while the first has not committed yet. */
const race = async (on: typeof database, transition: Transition, orderId: string): Promise<boolean[]> => {
  const [first, second] = [await on.as().connect(), await on.as().connect()];
  try {
    await Promise.all([first.query('begin'), second.query('begin')]);
    const { rows } = await second.query('select pg_backend_pid() as pid');
    const winner = await transition(first, move(orderId));
    const late = transition(second, move(orderId));
    await untilBlocked(on, rows[0].pid);
    const [loser] = await Promise.all([late, first.query('commit')]);
    await second.query('commit');
    return [winner.moved, loser.moved];
  } finally {
    await Promise.all([first.query('rollback'), second.query('rollback')]);
    first.release();
    second.release();
  }
};

describe('of two movers that read the same state', () => {
  test.each([
    { id: 'compare-and-swap', transition: compareAndSwap },
    { id: stateUnderRowLock.id, transition: stateUnderRowLock.parts.transition },
  ])('$id lets one through', async ({ id, transition }) => {
    const orderId = await created(database, `race_${id.length}`);
    expect(await race(database, transition, orderId)).toEqual([true, false]);
    expect(await historyOf(database, orderId)).toEqual(['null > CREATED', 'CREATED > PAYMENT_INITIATED']);
  });

  test('state-without-compare-and-swap lets both through, unless the history is still checked', async () => {
    const { transition } = stateWithoutCompareAndSwap.parts;
    const orderId = await created(withoutCheck, 'race_defect');
    expect(await race(withoutCheck, transition, orderId)).toEqual([true, true]);
    expect(await historyOf(withoutCheck, orderId)).toContain('CREATED > PAYMENT_INITIATED');
    expect(await historyOf(withoutCheck, orderId)).toHaveLength(3);
    await expect(race(database, transition, await created(database, 'race_masked'))).rejects.toThrow(
      /cannot leave CREATED/,
    );
  });
});

test('a held order does not move, nor does one that is elsewhere or nowhere', async () => {
  const orderId = await created(database, 'held');
  await database.as().query("update topup.orders set hold = 'manual_review' where id = $1", [orderId]);
  expect(await compareAndSwap(database.as(), move(orderId))).toEqual({
    moved: false,
    state: 'CREATED',
    hold: 'manual_review',
  });
  const other = await created(database, 'elsewhere');
  expect(await compareAndSwap(database.as(), { ...move(other), from: ['FAILED'] })).toEqual({
    moved: false,
    state: 'CREATED',
    hold: null,
  });
  expect(await compareAndSwap(database.as(), move('nowhere'))).toEqual({ moved: false, state: undefined, hold: null });
});

test('the history refuses a move that is not in the table', async () => {
  const orderId = await created(database, 'illegal');
  await expect(compareAndSwap(database.as(), move(orderId, 'FAILED'))).rejects.toThrow(/from CREATED to FAILED/);
  await expect(database.as().query('delete from topup.order_transitions')).rejects.toThrow(/append-only/);
});
