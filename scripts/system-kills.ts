/**
 * Kills one process of the system again and again under load, and holds what clients and providers were told against
 * the books.
 */
import { type Books, type Intent, namesOrder } from '#harness/books';
import { sleep, systemClock } from '#harness/clock';
import { History } from '#harness/history';
import type { Invariant } from '#harness/invariant';
import { type Delivery, type Moment, noFaults, type Provider } from '#harness/provider';
import { between, exactly } from '#harness/range';
import { auditOf } from '#harness/run/audit';
import { booksOf, shownBalances } from '#harness/run/collect';
import { executeTraffic } from '#harness/run/execute';
import { watchLedger } from '#harness/run/ledger-watch';
import type { Lab } from '#harness/run/run-scenario';
import { settle } from '#harness/run/settle';
import { type Random, randomFrom } from '#harness/seed';
import type { Span } from '#harness/strike';
import { trafficOf } from '#harness/workload';
import { topUps } from '#harness/workloads/top-ups';
import type { RunningWorld } from '#harness/world';

/** What contradicts what was told, one line each. */
export interface Losses {
  /** Orders that a client was told of, and notices that a provider was told were received, of which nothing came. */
  readonly lost: readonly string[];
  readonly double: readonly string[];
  /** What had not come to rest, and orders that were paid and not finished. */
  readonly stuck: readonly string[];
  /** Promises that the books break. */
  readonly broken: readonly string[];
}

/** What a process went through, and what came of it. */
export interface Killed extends Losses {
  readonly process: string;
  /** Kills that the operating system, or the server's log, confirms. */
  readonly kills: number;
  /** Those at which an order was on its way from its creation to its end. */
  readonly killsUnderLoad: number;
  /** Orders that clients were told of, and notices that were answered as received. */
  readonly answered: number;
  readonly acknowledged: number;
  /** Longest time from a kill until the process worked again, and from the last one until the system was at rest. */
  readonly backMsMax: number;
  readonly settledMs: number;
}

const isAcknowledged = ({ acknowledged, forged }: Delivery): boolean => acknowledged && forged === undefined;

/** What of a notice that was answered as received is missing in the books, in words. */
const missingOf = ({ reference, eventId }: Delivery, { orders, credits }: Books): string | undefined => {
  const order = orders.find((candidate) => candidate.reference === reference);
  if (order === undefined) return `notice ${eventId} was acknowledged, and its order ${reference} is not there`;
  if (order.hold !== null || credits.some(({ orderId }) => orderId === order.id)) return undefined;
  return `notice ${eventId} was acknowledged, and its order ${order.id} is not credited`;
};

/** Holds what was told (`deliveries` to providers, the books' intents to clients) against the rest of the books. */
export const lossesOf = (
  books: Books,
  deliveries: readonly Delivery[],
  restless: readonly string[],
  invariants: readonly Invariant[],
): Losses => {
  const { orders, intents, credits, captured, grants } = books;
  const known = new Set(orders.map(({ id }) => id));
  const several = <Item>(items: readonly Item[], nameOf: (item: Item) => string, what: string): readonly string[] =>
    [...Map.groupBy(items, nameOf)].flatMap(([name, group]) =>
      group.length > 1 ? [`${name} has ${group.length} ${what}`] : [],
    );
  const grantsOf = orders.flatMap((order) =>
    grants.filter(({ reference }) => namesOrder(reference, order)).map(() => order.id),
  );
  const paid = new Set(captured.map(({ reference }) => reference));
  return {
    lost: [
      ...intents
        .flatMap(({ orderIds }) => orderIds)
        .filter((id) => !known.has(id))
        .map((id) => `order ${id} was answered, and is not there`),
      ...deliveries.filter(isAcknowledged).flatMap((delivery) => missingOf(delivery, books) ?? []),
    ],
    double: [
      ...intents.filter(({ orderIds }) => orderIds.length > 1).map(({ key }) => `wish ${key} has several orders`),
      ...several(credits, ({ paymentId }) => `payment ${paymentId}`, 'credits'),
      ...several(grantsOf, (id) => `order ${id}`, 'grants'),
    ],
    stuck: [
      ...restless,
      ...orders
        .filter(({ reference, state, hold }) => paid.has(reference) && (state !== 'COMPLETED' || hold !== null))
        .map(
          ({ id, state, hold }) => `order ${id} is paid and in ${state}${hold === null ? '' : `, on hold: ${hold}`}`,
        ),
    ],
    broken: invariants
      .map((one) => auditOf(one, books))
      .flatMap(({ finding, invariant }) => (finding === 'violated' ? [invariant.id] : [])),
  };
};

const clock = systemClock;
const buyersAtOnce = 3;
const ordersAtOnce = 4;
/** Enough that orders are always under way, and no more than two cores carry beside a process that starts. */
const pauseMs = 250;
const ledgerLookEveryMs = 2_000;
const settleMsMax = 180_000;

/** Buyers who come again and again until the result is called; it resolves when the last has paid or given up. */
const openTraffic = (world: RunningWorld, { target }: Lab, random: Random) => {
  const intents: Intent[] = [];
  const wallets = new Set<string>();
  let isOver = false;
  const history = new History();
  const buy = async (buyer: Random): Promise<void> => {
    for (let round = 1; !isOver; round += 1) {
      const ranges = { payments: exactly(ordersAtOnce), concurrency: exactly(ordersAtOnce), confirms: between(0, 1) };
      const traffic = trafficOf(topUps({ ...ranges, amountMinor: between(1_00, 500_00) }), buyer.fork(String(round)));
      const came = await executeTraffic(traffic, { world, adapter: target.http, clock, history });
      intents.push(...came.intents);
      for (const wallet of came.wallets) wallets.add(wallet);
      await sleep(clock, pauseMs);
    }
  };
  const buying = Array.from({ length: buyersAtOnce }, (_, nth) => buy(random.fork(`buyer ${nth}`)));
  return async () => {
    isOver = true;
    await Promise.all(buying);
    return { intents, wallets: [...wallets], operations: history.operations };
  };
};

/** Between two kills so many notices must have been taken, so that none hits a system that stands still. */
const noticesBetween = 3;

/** The site of a provider at which nothing goes wrong, and what resolves once some notices have been taken. */
const openMoments = () => {
  let left = 0;
  let go = (): void => undefined;
  const onMoment = ({ operation }: Moment): void => {
    left -= operation === 'acknowledgement' ? 1 : 0;
    if (left <= 0) go();
  };
  const taken = (notices: number): Promise<void> => {
    left = notices;
    return new Promise((resolve) => {
      go = resolve;
    });
  };
  return { site: { ...noFaults, onMoment }, taken };
};

/** Kills the process, at a random moment after the system has made some headway. */
const killOnce = async (
  world: RunningWorld,
  process: string,
  random: Random,
  taken: ReturnType<typeof openMoments>['taken'],
) => {
  await taken(noticesBetween);
  await sleep(clock, random.integer(0, 150));
  const fromMs = clock.nowMs();
  const blow = world.strike(process, 'kill');
  if (blow === undefined) throw new Error(`${process} cannot be killed here`);
  await sleep(clock, random.integer(0, 100));
  const isProven = await blow.heal();
  return { isProven, span: { fromMs, untilMs: clock.nowMs() } };
};

/** Whether an order was on its way at the beginning of `span`. */
const wasUnderLoad = ({ fromMs }: Span, { transitions }: Books): boolean =>
  [...Map.groupBy(transitions, ({ orderId }) => orderId).values()].some((path) => {
    const ends = path.filter(({ to }) => to === 'COMPLETED').map(({ atMs }) => atMs);
    return (path[0]?.atMs ?? Number.POSITIVE_INFINITY) <= fromMs && fromMs < (ends[0] ?? Number.POSITIVE_INFINITY);
  });

/** Kills `process` `kills` times in a world of its own; `told` hears of each kill. */
export const killProcess = async (
  lab: Lab,
  providers: readonly Provider[],
  process: string,
  kills: number,
  seed: number,
  told: (kills: number) => void = () => undefined,
): Promise<Killed> => {
  const random = randomFrom(`${process}/${seed}`);
  const { target, invariants } = lab;
  const moments = openMoments();
  const elsewhere = { faults: [], random, decided: () => undefined };
  const world = await lab.world.start({ target, providers, random, siteOf: () => moments.site, elsewhere });
  try {
    const watch = watchLedger(world, clock, ledgerLookEveryMs);
    const endTraffic = openTraffic(world, lab, random.fork('traffic'));
    const struck: Awaited<ReturnType<typeof killOnce>>[] = [];
    for (let nth = 1; nth <= kills; nth += 1) {
      struck.push(await killOnce(world, process, random.fork(`kill ${nth}`), moments.taken));
      told(nth);
    }
    const { intents, wallets, operations } = await endTraffic();
    const { tookMs, restless } = await settle(world, clock, 100, settleMsMax);
    const earlierEntries = await watch.stop();
    const shown = await shownBalances(world, target.http, wallets);
    const books = booksOf(world, await world.readLedger(), { intents, shown, earlierEntries, operations });
    const deliveries = world.providers.flatMap((provider) => provider.records().deliveries);
    return {
      process,
      kills: struck.filter(({ isProven }) => isProven).length,
      killsUnderLoad: struck.filter(({ span }) => wasUnderLoad(span, books)).length,
      answered: intents.flatMap(({ orderIds }) => orderIds).length,
      acknowledged: deliveries.filter(isAcknowledged).length,
      backMsMax: Math.max(...struck.map(({ span }) => span.untilMs - span.fromMs)),
      settledMs: tookMs,
      ...lossesOf(books, deliveries, [...world.ended(), ...restless], invariants),
    };
  } finally {
    await world.stop();
  }
};
