/**
 * What a race finds that nobody puts in order: the webhooks of one wallet's orders, one of them twice, and the jobs of
 * the role that takes them, all started together by `Promise.all` on a pool of real connections, on real time; then the
 * next wallet. A stress test as people write it, without the way there: orders are put into the tables as they are once
 * their buyers can pay. It knows the tables of the reference service.
 */
import pg from 'pg';
import { preciseClock, sleep, systemClock } from '#harness/clock';
import type { OpenProvider, OutgoingWebhook, Provider } from '#harness/provider';
import { armFaults } from '#harness/run/fault-sites';
import { randomFrom } from '#harness/seed';
import type { InProcessRole, Target } from '#harness/target';
import { openLease } from '#harness/worlds/embedded/lease';
import { type PostgresServer, startPostgres } from '#harness/worlds/embedded/postgres';

/** Wallets that are raced before anybody looks: their orders are made, and looked at, by few statements. */
const walletsAtOnce = 100;
/** Races side by side, so that statements of one get between those of another. */
const lanesCount = 4;
const connectionsMax = 16;
const amountMinor = 10_00n;

interface Order {
  readonly id: string;
  readonly wallet: string;
}

const ordersOf = (wallets: readonly string[], ordersCount: number): readonly Order[] =>
  wallets.flatMap((wallet) => Array.from({ length: ordersCount }, (_, nth) => ({ id: `${wallet}_${nth}`, wallet })));

const steps = [
  [null, 'CREATED'],
  ['CREATED', 'PAYMENT_INITIATED'],
  ['PAYMENT_INITIATED', 'PAYMENT_PENDING'],
] as const;

/** Orders of `wallets`, each waiting for its buyer to pay 10 yuan. */
const putOrders = async (owner: pg.Pool, orders: readonly Order[]): Promise<void> => {
  const [ids, wallets] = [orders.map(({ id }) => id), orders.map(({ wallet }) => wallet)];
  const client = await owner.connect();
  await client.query('begin');
  await client.query(
    `insert into topup.orders
       (id, wallet_id, cloud_account_id, amount_minor, currency, payment_provider, cloud, state, version, intent)
     select id, wallet, wallet, $3, 'CNY', 'alipay', 'alibaba-cloud', 'PAYMENT_PENDING', 3, id
     from unnest($1::text[], $2::text[]) as o(id, wallet)`,
    [ids, wallets, amountMinor.toString()],
  );
  for (const [index, [from, to]] of steps.entries()) {
    await client.query(
      `insert into topup.order_transitions (order_id, sequence, from_state, to_state, cause)
       select id, $2, $3, $4, 'customer' from unnest($1::text[]) as o(id)`,
      [ids, index + 1, from, to],
    );
  }
  await client.query('commit');
  client.release();
};

/** How many wallets have an order with several credits, or a balance that is not what was posted. */
const brokenIn = async (owner: pg.Pool, wallets: readonly string[]): Promise<number> => {
  const { rows } = await owner.query<{ broken: number }>(
    `select count(*)::int as broken from unnest($1::text[]) as raced(wallet)
     where exists (select from topup.journal_entries e join topup.orders o on o.id = e.order_id
         where o.wallet_id = wallet group by e.order_id having count(*) > 1)
       or (select coalesce(sum(amount_minor), 0) from topup.postings where account = 'user_wallet:' || wallet)
         <> coalesce((select balance_minor from topup.balances where wallet_id = wallet), 0)`,
    [wallets],
  );
  return rows[0]?.broken ?? 0;
};

/** Signs webhooks without sending them: what it would have sent comes out. */
const openCashier = (cashier: Provider): { readonly provider: OpenProvider; readonly sent: OutgoingWebhook[] } => {
  const sent: OutgoingWebhook[] = [];
  const random = randomFrom('cashier');
  const deliver = async (webhook: OutgoingWebhook) => {
    sent.push(webhook);
    return { status: 200, body: 'success' };
  };
  const ports = { clock: systemClock, wall: systemClock, random, site: armFaults([], random).siteOf(cashier.id) };
  return { provider: cashier.open({ ...ports, deliver }), sent };
};

/** One system, composed of a single role. */
interface Raced {
  readonly role: InProcessRole;
  readonly owner: pg.Pool;
  readonly cashier: ReturnType<typeof openCashier>;
}

/** The webhooks of these orders, each paid, by the order's number. */
const webhooksOf = async ({ cashier }: Raced, orders: readonly Order[]): Promise<Map<string, OutgoingWebhook>> => {
  const { provider, sent } = cashier;
  sent.length = 0;
  for (const { id } of orders) {
    provider.byHand?.order({ reference: id, amountMinor, webhookUrl: 'http://webhooks/webhooks/alipay' });
    provider.pay?.(id);
  }
  while (sent.length < orders.length) await sleep(systemClock, 1);
  return new Map(sent.map((webhook) => [webhook.reference, webhook]));
};

/** Races the next wallets, each by itself, with `ordersCount` orders; returns how many were broken. */
const raceWallets = async (raced: Raced, first: number, ordersCount: number): Promise<number> => {
  const { owner, role } = raced;
  const wallets = Array.from({ length: walletsAtOnce }, (_, nth) => `w${first + nth}`);
  const orders = ordersOf(wallets, ordersCount);
  await putOrders(owner, orders);
  const webhooks = await webhooksOf(raced, orders);
  const post = async ({ id }: Order): Promise<unknown> => {
    const { url, headers, body } = webhooks.get(id) as OutgoingWebhook;
    return role.fetch(new Request(url, { method: 'POST', headers, body: new Uint8Array(body) }));
  };
  const waiting = [...wallets];
  const lane = async (): Promise<void> => {
    for (let wallet = waiting.pop(); wallet !== undefined; wallet = waiting.pop()) {
      const own = orders.filter((order) => order.wallet === wallet);
      await Promise.all([...[...own, ...own.slice(0, 1)].map(post), ...role.jobs.map((job) => job.run())]);
    }
  };
  await Promise.all(Array.from({ length: lanesCount }, lane));
  return brokenIn(owner, wallets);
};

/** What is raced: the system, and who takes its buyers' money. */
interface RacedSystem {
  readonly target: Target;
  readonly provider: Provider;
}

/** Composes the role that takes webhooks, with real connections and a provider that is asked nothing. */
const composeRaced = async (
  postgres: PostgresServer,
  { target, provider: paid }: RacedSystem,
  variant: string,
  owner: pg.Pool,
) => {
  const { webhookRole: role, database, inProcess } = target;
  if (inProcess === undefined) throw new Error(`${target.id} cannot be composed in this process`);
  const pool = new pg.Pool({
    connectionString: postgres.urlFor(database.userOf(role), variant),
    max: connectionsMax,
    options: '-c search_path=sim,pg_catalog,topup',
  });
  // One that is idle when the server stops says so to the pool alone.
  pool.on('error', () => undefined);
  const cashier = openCashier(paid);
  const { provider } = cashier;
  const wiring = {
    providerUrls: { [provider.id]: 'http://alipay' },
    providerIdentities: { [provider.id]: provider.identity },
    webhookUrl: 'http://webhooks',
    webhookUrls: {},
    timeScale: 1,
  };
  const http = () => Promise.reject(new Error('nobody is called in a race of webhooks'));
  const ports = { db: pool, clock: systemClock, random: randomFrom(variant), http, log: () => undefined };
  const composed = await inProcess(role, wiring, ports, variant);
  return { raced: { role: composed, owner, cashier }, close: () => pool.end() };
};

/** How a defect is raced. */
interface NaiveLimits {
  readonly racesMax: number;
  readonly forMs: number;
  /** How many orders of one wallet race. */
  readonly orders: number;
}

/** Races `variant` until a limit; returns in how many of how many races something was broken. */
const raceNaively = async (
  postgres: PostgresServer,
  system: RacedSystem,
  variant: string,
  { racesMax, forMs, orders }: NaiveLimits,
): Promise<{ readonly races: number; readonly broken: number }> => {
  await postgres.createDatabase(variant);
  const owner = new pg.Pool({ connectionString: postgres.superuserUrl(variant), max: 1 });
  owner.on('error', () => undefined);
  for (const script of system.target.database.migrations(variant)) await owner.query(script);
  const { raced, close } = await composeRaced(postgres, system, variant, owner);
  const untilMs = preciseClock.nowMs() + forMs;
  let [races, broken] = [0, 0];
  for (; races < racesMax && preciseClock.nowMs() < untilMs; races += walletsAtOnce)
    broken += await raceWallets(raced, races, orders);
  raced.cashier.provider.stop();
  await close();
  await owner.end();
  return { races, broken };
};

/** Defects that webhooks alone could show, and how many orders of one wallet it takes. */
const ordersRaced: Readonly<Record<string, number>> = {
  'balance-after-commit': 1,
  'balance-given-up': 4,
  'balance-read-modify-write': 3,
  'credit-in-two-steps': 1,
  'credit-without-dedup': 1,
  'lease-taken-for-lock': 1,
  'statement-retried-alone': 2,
};

/** Races each of `defects`, and prints a row for each. */
export const measureNaively = async (
  system: RacedSystem,
  limits: Omit<NaiveLimits, 'orders'>,
  defects: readonly string[] = Object.keys(ordersRaced),
): Promise<void> => {
  console.log('\nwebhooks of one wallet, started by Promise.all         races    broken   a minute');
  const lease = await openLease();
  try {
    const postgres = await startPostgres({ lease });
    for (const id of defects) {
      const orders = ordersRaced[id] ?? 2;
      const startedMs = preciseClock.nowMs();
      const { races, broken } = await raceNaively(postgres, system, id, { ...limits, orders });
      const perMinute = Math.round((races * 60_000) / (preciseClock.nowMs() - startedMs));
      const cells = [races, broken, perMinute].map((count) => String(count).padStart(10));
      console.log(`${`${id}, ${orders} orders`.padEnd(50)}${cells.join('')}`);
    }
  } finally {
    await lease.release();
  }
};
