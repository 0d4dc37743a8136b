/** A top-up order as it is stored. */
import { epochMs, interval } from '../db/transaction.ts';
import type { PaymentProvider } from '../payments/payment-client.ts';
import type { Queryable } from '../ports.ts';
import type { CloudId } from '../provisioning/cloud.ts';
import type { Hold, OrderState } from './states.ts';

/** The currencies of wallets. */
export const currencies: readonly string[] = ['CNY', 'USD'];

/** Amount, currency, wallet and cloud account are fixed when the order is created. */
export interface Order {
  readonly id: string;
  readonly walletId: string;
  readonly cloudAccountId: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly paymentProvider: PaymentProvider;
  /** The payment provider's own number, where it must be asked by it; null until it is known. */
  readonly paymentNumber: string | null;
  readonly cloud: CloudId;
  readonly state: OrderState;
  readonly hold: Hold | null;
  /** What the buyer pays by; null until the provider has accepted. */
  readonly payBy: string | null;
  /** How often its intent was sent to the provider without a usable answer. */
  readonly initiateFailures: number;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

interface OrderRow {
  id: string;
  wallet_id: string;
  cloud_account_id: string;
  amount_minor: string | bigint;
  currency: string;
  payment_provider: PaymentProvider;
  payment_number: string | null;
  cloud: CloudId;
  state: OrderState;
  hold: Hold | null;
  qr_code: string | null;
  initiate_failures: number;
  created_ms: string | bigint;
  updated_ms: string | bigint;
}

const columns = `id, wallet_id, cloud_account_id, amount_minor, currency, payment_provider, payment_number, cloud,
  state, hold, qr_code,
  initiate_failures, ${epochMs('created_at')} as created_ms, ${epochMs('updated_at')} as updated_ms`;

const orderOf = (row: OrderRow): Order => ({
  id: row.id,
  walletId: row.wallet_id,
  cloudAccountId: row.cloud_account_id,
  amountMinor: BigInt(row.amount_minor),
  currency: row.currency,
  paymentProvider: row.payment_provider,
  paymentNumber: row.payment_number,
  cloud: row.cloud,
  state: row.state,
  hold: row.hold,
  payBy: row.qr_code,
  initiateFailures: row.initiate_failures,
  createdAtMs: Number(row.created_ms),
  updatedAtMs: Number(row.updated_ms),
});

/** The order, or undefined. */
export const findOrder = async (db: Queryable, orderId: string): Promise<Order | undefined> => {
  const { rows } = await db.query<OrderRow>(`select ${columns} from topup.orders where id = $1`, [orderId]);
  return rows[0] && orderOf(rows[0]);
};

/** The order, which must exist; throws otherwise. */
export const orderNamed = async (db: Queryable, orderId: string): Promise<Order> => {
  const order = await findOrder(db, orderId);
  if (!order) throw new Error(`order ${orderId} is gone`);
  return order;
};

/**
 * Stops every move of the order until someone lifts the hold; the first reason stays. A completed order needs no one's
 * help, but it is held where its money does not fit. True when this call held it.
 */
export const holdOrder = async (db: Queryable, orderId: string, hold: Hold): Promise<boolean> => {
  const { rowCount } = await db.query(
    `update topup.orders set hold = $2, updated_at = now()
     where id = $1 and hold is null and (state <> 'COMPLETED' or $2 = 'reconciliation')`,
    [orderId, hold],
  );
  return rowCount === 1;
};

/** What the buyer asks for. */
export interface NewOrder {
  readonly id: string;
  readonly walletId: string;
  readonly cloudAccountId: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly paymentProvider: PaymentProvider;
  readonly cloud: CloudId;
  /** Whose wish it is, by idempotency key. */
  readonly intent: string;
}

/** When the order is looked after, should nothing else move it; milliseconds from now. */
export interface FirstDeadlines {
  readonly initiateMs: number;
  readonly queryMs: number;
}

/** Stores the order in state CREATED with the first row of its history; run it inside a database transaction. */
export const insertOrder = async (db: Queryable, order: NewOrder, deadlines: FirstDeadlines): Promise<void> => {
  await db.query(
    `with created as (
       insert into topup.orders (id, wallet_id, cloud_account_id, amount_minor, currency, payment_provider, cloud,
         state, version, initiate_due_at, query_due_at, intent)
       values ($1, $2, $3, $4, $5, $6, $7, 'CREATED', 1, now() + ${interval('$8')}, now() + ${interval('$9')}, $10)
       returning id, version, state)
     insert into topup.order_transitions (order_id, sequence, from_state, to_state, cause)
     select id, version, null, state, 'customer' from created`,
    [
      order.id,
      order.walletId,
      order.cloudAccountId,
      order.amountMinor.toString(),
      order.currency,
      order.paymentProvider,
      order.cloud,
      deadlines.initiateMs,
      deadlines.queryMs,
      order.intent,
    ],
  );
};
