/**
 * Who may act on an idempotency key. The claim commits with the order it creates; while its lease runs, repeats are
 * told to wait; when it ran out, a repeat takes the key over and goes on with the same order.
 */
import { interval } from '../db/transaction.ts';
import type { Queryable } from '../ports.ts';

/** A key and what it stands for. */
export interface KeyedRequest {
  readonly scope: string;
  readonly key: string;
  /** What is asked for, and the same as one short text. */
  readonly terms: readonly string[];
  readonly fingerprint: string;
}

/** The request that has taken a key, and the order that it made. */
export interface Taken {
  readonly fingerprint: string;
  readonly orderId: string;
}

/** An answer as it was given the first time, to the byte. */
export interface StoredAnswer {
  readonly status: number;
  readonly json: string;
}

/** `mine` and `taken-over` go on with `orderId`; the others are answered at once. */
export type Claim =
  | { readonly kind: 'mine' | 'taken-over' | 'in-progress' | 'conflict'; readonly orderId: string }
  | { readonly kind: 'answered'; readonly orderId: string; readonly answer: StoredAnswer };

interface KeyRow {
  fingerprint: string;
  order_id: string;
  status: number | null;
  json: string | null;
}

const find = async (db: Queryable, { scope, key }: KeyedRequest): Promise<KeyRow> => {
  const { rows } = await db.query<KeyRow>(
    'select fingerprint, order_id, status, json from topup.idempotency_keys where scope = $1 and key = $2',
    [scope, key],
  );
  if (!rows[0]) throw new Error('an idempotency key vanished between two statements');
  return rows[0];
};

/** How a key is taken, and its answer kept. */
export interface Idempotency {
  /** Takes the key for `orderId`; false when somebody has it. Run it in the transaction that inserts the order. */
  take(db: Queryable, request: KeyedRequest, orderId: string, leaseMs: number): Promise<boolean>;
  /** Keeps the answer for every later repeat; the result is the one to give. */
  keep(db: Queryable, request: KeyedRequest, answer: StoredAnswer): Promise<StoredAnswer>;
  /** Whether a request is the one that has taken its key; another one is refused. */
  isSame(db: Queryable, taken: Taken, request: KeyedRequest): Promise<boolean>;
}

/** The insertion decides: of requests at the same moment one takes the key. */
export const takeKey: Idempotency['take'] = async (db, request, orderId, leaseMs) => {
  const { rowCount } = await db.query(
    `insert into topup.idempotency_keys (scope, key, fingerprint, order_id, locked_until)
     values ($1, $2, $3, $4, now() + ${interval('$5')}) on conflict do nothing`,
    [request.scope, request.key, request.fingerprint, orderId, leaseMs],
  );
  return rowCount === 1;
};

/** What to do about a key that somebody has taken. Another request under the key is refused before anything else. */
export const claimTakenKey = async (
  db: Queryable,
  { isSame }: Idempotency,
  request: KeyedRequest,
  leaseMs: number,
): Promise<Claim> => {
  const row = await find(db, request);
  const orderId = row.order_id;
  if (!(await isSame(db, { fingerprint: row.fingerprint, orderId }, request))) return { kind: 'conflict', orderId };
  const { status, json } = row;
  if (status !== null && json !== null) return { kind: 'answered', orderId, answer: { status, json } };
  const { rowCount } = await db.query(
    `update topup.idempotency_keys set locked_until = now() + ${interval('$3')}
     where scope = $1 and key = $2 and status is null and locked_until <= now()`,
    [request.scope, request.key, leaseMs],
  );
  return { kind: rowCount === 1 ? 'taken-over' : 'in-progress', orderId };
};

/** The first answer kept wins. */
const keepFirst: Idempotency['keep'] = async (db, request, answer) => {
  const { rows } = await db.query<StoredAnswer>(
    `update topup.idempotency_keys set status = coalesce(status, $3), json = coalesce(json, $4), locked_until = null
     where scope = $1 and key = $2 returning status, json`,
    [request.scope, request.key, answer.status, answer.json],
  );
  return rows[0] ?? answer;
};

/** One order and one answer per key, however many requests come in. */
export const oneOrderPerKey: Idempotency = {
  take: takeKey,
  keep: keepFirst,
  isSame: async (_db, taken, { fingerprint }) => taken.fingerprint === fingerprint,
};
