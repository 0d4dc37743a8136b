/** Waits until the system has come to rest: no webhook under way, and each paid order finished or on hold. */
import type { LedgerView, OrderState } from '../books.ts';
import { type Clock, sleep } from '../clock.ts';
import type { RunningWorld } from '../world.ts';

/** States that the system leaves only when somebody asks. */
const restful: ReadonlySet<OrderState> = new Set([
  'COMPLETED',
  'FAILED',
  'CANCELED',
  'EXPIRED',
  'REFUNDED',
  'REVERSED',
]);

/** How the run came to rest. */
export interface Settled {
  readonly tookMs: number;
  /** Orders with captured money that were still under way when the time was up; empty = at rest. */
  readonly restless: readonly string[];
}

const restlessOrders = (world: RunningWorld, ledger: LedgerView): readonly string[] => {
  const paid = new Set(
    world.providers.flatMap((provider) => provider.records().payments.map(({ reference }) => reference)),
  );
  return ledger.orders
    .filter((order) => paid.has(order.reference) && order.hold === null && !restful.has(order.state))
    .map((order) => `${order.id} in ${order.state}`);
};

/** Looks every `everyMs` for at most `atMostMs`; a database that cannot be read counts as not at rest. */
export const settle = async (
  world: RunningWorld,
  clock: Clock,
  everyMs: number,
  atMostMs: number,
): Promise<Settled> => {
  const startedMs = clock.nowMs();
  const isLate = (): boolean => clock.nowMs() - startedMs >= atMostMs;
  for (;;) {
    // The ledger is read only once the providers are silent: reading takes time from the system under test.
    while (!isLate() && world.providers.some((provider) => !provider.idle())) await sleep(clock, everyMs);
    const restless = restlessOrders(world, await world.readLedger());
    const isIdle = world.providers.every((provider) => provider.idle());
    if ((isIdle && restless.length === 0) || isLate()) return { tookMs: clock.nowMs() - startedMs, restless };
    await sleep(clock, everyMs);
  }
};
