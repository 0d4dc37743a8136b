/**
 * Everything the service needs from its surroundings. The real world is bound in bind.ts, a simulated one elsewhere;
 * nothing else in this folder knows time, chance, sockets or timers.
 */
import type { Registry } from 'prom-client';

/** A result in the shape of node-postgres; `int8` may come as text or as bigint. */
export interface QueryResult<Row> {
  readonly rows: Row[];
  readonly rowCount: number | null;
}

/** Whatever runs one statement: a pool or a client. */
export interface Queryable {
  query<Row>(sql: string, values?: unknown[]): Promise<QueryResult<Row>>;
}

/** One connection, kept for the length of a database transaction; `release(error)` discards it. */
export interface DbClient extends Queryable {
  release(error?: Error): void;
}

/** A pool logged in as `topup_<role>`, whose sessions run with `search_path = sim, pg_catalog, topup`. */
export interface Db extends Queryable {
  connect(): Promise<DbClient>;
}

/** Time outside the database; what is stored is dated by SQL's now(). */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  nowMs(): number;
}

/** The only source of chance. */
export interface Ids {
  /** A fresh order id: letters, digits and underscores, at most 64, never given out twice. */
  orderId(): string;
  /** A fresh number-used-once for a request signature. */
  nonce(): string;
  /** Uniform in [0, 1); spreads retries. */
  unit(): number;
}

/** A request to a provider. */
export interface HttpRequest {
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body?: string;
  /** A whole answer takes at most so long. */
  readonly timeoutMs: number;
}

/** An answer, of which the body may still break off. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  text(): Promise<string>;
}

/** Fetch-shaped; rejects when no whole answer came in time, and follows no redirect. */
export type Http = (url: string, request: HttpRequest) => Promise<HttpAnswer>;

/** What is said beside the message: ids and outcomes, never bodies, signatures or keys. */
export type LogFields = Readonly<Record<string, string | number | boolean>>;

/** Structured logging: fields first, then the message. */
export interface Log {
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
}

/** The ports of one instance. */
export interface Ports {
  readonly db: Db;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly http: Http;
  readonly log: Log;
  /** The registry that /metrics prints; one per instance. */
  readonly metrics: Registry;
}
