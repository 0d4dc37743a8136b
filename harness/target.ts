/**
 * The contract with a system under test. `topple.config` exports one `Target`; nothing else of the system is known to
 * the harness: it is met through HTTP, webhook URLs, provider base URLs, `/metrics` and a read-only ledger view.
 */
import type { LedgerView } from './books.ts';
import type { Clock } from './clock.ts';
import type { Route } from './route.ts';
import type { Random } from './seed.ts';

/** Where the system finds its surroundings; every address is the listening side of a fault-injecting proxy. */
export interface Wiring {
  /** `postgres://…` of this role's own database user. */
  readonly databaseUrl: string;
  /** Base URL per provider id, without a trailing slash. */
  readonly providerUrls: Readonly<Record<string, string>>;
  /** What each provider issued to its client, per provider id (OpenProvider.identity). */
  readonly providerIdentities: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** The base URL at which the first payment provider reaches the role that takes webhooks. */
  readonly webhookUrl: string;
  /** The same of each payment provider, by its id: a link of its own leads from it. */
  readonly webhookUrls: Readonly<Record<string, string>>;
  /** How many times faster than production the run's clock and thresholds are. */
  readonly timeScale: number;
}

/** Variations of the system that the harness is tested with. */
export interface Variant {
  readonly id: string;
  /** A `defect` must be found by its witness; a `look-alike` resembles one, is correct, and must stay quiet. */
  readonly kind: 'defect' | 'look-alike';
  /** One sentence: what it removes or changes. */
  readonly summary: string;
  /** The scenario that shows it. */
  readonly witness: string;
  /** The invariant it breaks; for a look-alike, the one it might seem to break. */
  readonly invariant: string;
  /**
   * Of a defect: why no run in real time can be relied on to show it, as a clause. The matrix leaves it out and says
   * so; simulated worlds have to show it.
   */
  readonly unreachable?: string;
}

/** A read-only query on the target's database; rows come as objects, int8 as bigint, timestamptz as Date. */
export type ReadOnlyQuery = (sql: string) => Promise<Record<string, unknown>[]>;

/** What a workload asks of the system, over HTTP. `created` is false when the system refused. */
export interface CreateOrder {
  readonly idempotencyKey: string;
  readonly wallet: string;
  readonly cloudAccount: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  /** The way it takes; left out: the one that the system takes when it is not told. */
  readonly via?: Route;
}

/** An order as the system shows it to its customer. */
export interface ShownOrder {
  readonly id: string;
  /** The reference under which the buyer finds it at the payment provider. */
  readonly reference: string;
  /** True once the buyer can pay at the provider. */
  readonly payable: boolean;
  /** By the names of `OrderState`: from CREDITED on, its money has to be in the balance that its buyer is shown. */
  readonly state: string;
}

/** An HTTP exchange that the target's adapter asks the harness to make, so that the history records it. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** The answer; `status` 0 when none came. `body` is parsed JSON, or the text where it is none. */
export interface HttpResponse {
  readonly status: number;
  readonly body: unknown;
}

/** How to say in the system's own HTTP what a workload wants. Pure: requests are built, answers are read. */
export interface HttpAdapter {
  createOrder(order: CreateOrder): HttpRequest;
  readOrder(orderId: string): HttpRequest;
  confirmOrder(orderId: string): HttpRequest;
  readWallet(wallet: string): HttpRequest;
  /** The order in a successful answer, or undefined. */
  orderIn(response: HttpResponse): ShownOrder | undefined;
  /** The balance in a successful answer, or undefined. */
  balanceIn(response: HttpResponse): bigint | undefined;
}

/** How to run the system as processes, one per role. */
export interface TargetProcess {
  readonly command: string;
  /** `variant` is the id of a defect or look-alike to compose with. */
  argsFor(role: string, variant?: string): readonly string[];
  environmentFor(role: string, wiring: Wiring): Readonly<Record<string, string>>;
  /** The port in a line of the role's standard output that says it listens, or undefined. */
  portIn(line: string): number | undefined;
}

/** How to run the system in containers, one per role. */
export interface TargetContainer {
  /** The image of a role; `variant` as in `TargetProcess`. */
  imageFor(role: string, variant?: string): string;
  /** What follows the entry point of the image. */
  argsFor(role: string, variant?: string): readonly string[];
  /** The addresses in `wiring` are names on the containers' network. */
  environmentFor(role: string, wiring: Wiring): Readonly<Record<string, string>>;
  /** The port at which every role listens inside its container, on all addresses. */
  readonly port: number;
}

/** Rows in the shape of node-postgres. */
export interface SqlResult<Row> {
  readonly rows: Row[];
  readonly rowCount: number | null;
}

/** A database connection as a role sees it. */
export interface SqlConnection {
  query<Row>(sql: string, values?: unknown[]): Promise<SqlResult<Row>>;
}

/** The surroundings of one role that runs inside this process. */
export interface InProcessPorts {
  /** Logged in as the role's user, with `search_path = sim, pg_catalog, topup`. */
  readonly db: SqlConnection & { connect(): Promise<SqlConnection & { release(error?: Error): void }> };
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly random: Random;
  /** Fetch-shaped; rejects when no whole answer came within `timeoutMs`, or 5 s without one. */
  readonly http: (
    url: string,
    request: {
      readonly method: string;
      readonly headers: Record<string, string>;
      readonly body?: string;
      readonly timeoutMs?: number;
    },
  ) => Promise<{
    readonly status: number;
    readonly headers: { get(name: string): string | null };
    text(): Promise<string>;
  }>;
  readonly log: (fields: Readonly<Record<string, unknown>>, message: string) => void;
}

/** One role inside this process. `did` = 0 in all jobs of all roles means that nothing is left to do now. */
export interface InProcessRole {
  fetch(request: Request): Promise<Response>;
  readonly jobs: readonly { readonly name: string; readonly everyMs: number; run(): Promise<{ did: number }> }[];
}

/** The database of the system. */
export interface TargetDatabase {
  /** SQL scripts that bring an empty database to the current schema; `variant` adds its overlay. Run as superuser. */
  migrations(variant?: string): readonly string[];
  /** The database user of each role. */
  userOf(role: string): string;
  /**
   * The table, with its schema, to which each credit adds a row. Left out: faults that slow its commits cannot strike,
   * which makes scenarios with them `unknown`.
   */
  readonly ledgerTable?: string;
  /** A user that can read everything and write nothing. */
  readonly auditor: string;
  /**
   * SQL by invariant id that mends a breach as an operator would, run as superuser once the breach is on record: then
   * the alert has to end. Left out: how soon it ends is not measured.
   */
  readonly remedies?: Readonly<Record<string, string>>;
  /** The ledger view, by queries of its own: none is shared with the system's metrics. */
  readLedger(query: ReadOnlyQuery): Promise<LedgerView>;
}

/** A system under test. */
export interface Target {
  readonly id: string;
  readonly roles: readonly string[];
  /** The roles that answer customers and provider webhooks. */
  readonly apiRole: string;
  readonly webhookRole: string;
  /** The role that asks clouds for credit. Left out: faults cannot strike it, so scenarios with them are `unknown`. */
  readonly grantRole?: string;
  readonly process: TargetProcess;
  /** Left out: the world `containers` cannot host the system. There, too, `process.portIn` tells that it listens. */
  readonly container?: TargetContainer;
  /** Composes one role inside this process, for worlds that own time and chance; `variant` as in `process`. */
  readonly inProcess?: (
    role: string,
    wiring: Omit<Wiring, 'databaseUrl'>,
    ports: InProcessPorts,
    variant?: string,
  ) => Promise<InProcessRole>;
  readonly database: TargetDatabase;
  readonly http: HttpAdapter;
  /** By provider: the path of its webhooks, for providers that are told once where they go. */
  readonly webhookPaths?: Readonly<Record<string, string>>;
  readonly variants: readonly Variant[];
  /** PromQL over the system's own series, per logical signal (`overcredited`, …); a missing one makes it `unknown`. */
  readonly signals: Readonly<Record<string, string>>;
  /** Longest time between a fact in the ledger and the series that tells it, in production. */
  readonly signalDelayS: number;
  /** Signals that take longer than that, because only age makes their fact a breach: seconds in production. */
  readonly slowSignalsS?: Readonly<Record<string, number>>;
  /** By signal, how long a fact lasts before it is a breach, where only age makes it one: seconds in production. */
  readonly agesS?: Readonly<Record<string, number>>;
  /** The scrape interval that the system has in production, from which run intervals and rules are scaled. */
  readonly scrapeIntervalS: number;
}

/** Names by which faults find roles, whatever a target calls them. */
export const roleAliases: readonly string[] = ['api-role', 'webhook-role', 'grant-role'];

/** The role that a fault means by `process`, a role's name or an alias of one; undefined when there is none. */
export const roleNamed = (
  { roles, apiRole, webhookRole, grantRole }: Pick<Target, 'roles' | 'apiRole' | 'webhookRole' | 'grantRole'>,
  process: string,
): string | undefined => {
  const aliases = { 'api-role': apiRole, 'webhook-role': webhookRole, 'grant-role': grantRole };
  const role = aliases[process as keyof typeof aliases] ?? process;
  return roles.includes(role) ? role : undefined;
};

/** Freezes a target; its type is what `topple.config` exports as `target`. */
export const defineTarget = (target: Target): Target => Object.freeze(target);
