/** Waits until the system has come to rest: no webhook under way, and each paid order finished or on hold. */
import { anomalyText } from '../anomalies/index.ts';
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
  /** What was still under way when the time was up, in words; empty = at rest. */
  readonly restless: readonly string[];
}

const paidOrders = (world: Pick<RunningWorld, 'providers'>, ledger: LedgerView): readonly string[] => {
  const paid = new Set(
    world.providers.flatMap((provider) => provider.records().payments.map(({ reference }) => reference)),
  );
  return ledger.orders
    .filter((order) => paid.has(order.reference) && order.hold === null && !restful.has(order.state))
    .map((order) => `order ${order.id} is paid and in ${order.state}: ${anomalyText('S3')}`);
};

/** Money that names no order, and that the system has not found yet. */
const strayMoney = (world: Pick<RunningWorld, 'providers'>, ledger: LedgerView): readonly string[] => {
  if (ledger.unmatched === undefined) return [];
  const references = new Set(ledger.orders.map(({ reference }) => reference));
  const found = new Set([...ledger.unmatched, ...ledger.credits].map(({ paymentId }) => paymentId));
  return world.providers
    .flatMap((provider) => provider.records().payments)
    .filter(({ id, reference }) => !references.has(reference) && !found.has(id))
    .map(({ id }) => `payment ${id} names no order, and nobody keeps it`);
};

/**
 * What is still under way, in words. The ledger is read only once the providers are silent: reading takes time from the
 * system under test.
 */
export const restlessIn = async (
  world: Pick<RunningWorld, 'providers' | 'readLedger' | 'catchUp'>,
): Promise<readonly string[]> => {
  await world.catchUp?.();
  const talking = world.providers.filter((provider) => !provider.idle());
  if (talking.length > 0) return talking.map(({ id }) => `${id} has webhooks under way`);
  return world.readLedger().then(
    (ledger) => [...paidOrders(world, ledger), ...strayMoney(world, ledger)],
    (error: unknown) => [`the ledger cannot be read: ${error instanceof Error ? error.message : String(error)}`],
  );
};

/** Looks every `everyMs` for at most `atMostMs`, at least once. */
export const settle = async (
  world: RunningWorld,
  clock: Clock,
  everyMs: number,
  atMostMs: number,
): Promise<Settled> => {
  const startedMs = clock.nowMs();
  for (;;) {
    const restless = await restlessIn(world);
    const tookMs = clock.nowMs() - startedMs;
    if (restless.length === 0 || tookMs >= atMostMs) return { tookMs, restless };
    await sleep(clock, everyMs);
  }
};
