/** The one way in which an order changes its state: compare-and-swap on what was last read, with a row of history. */
import type { Queryable } from '../ports.ts';
import type { Cause, Hold, OrderState } from './states.ts';

/** A wish to move an order. */
export interface Move {
  readonly orderId: string;
  /** The states from which this mover may take it. */
  readonly from: readonly OrderState[];
  readonly to: OrderState;
  readonly cause: Cause;
  /** What proves the cause: the number of a payment, a webhook, a grant attempt. */
  readonly reference: string;
}

/** Whether it moved; `state` is where the order is now, undefined when there is no such order. */
export interface Moved {
  readonly moved: boolean;
  readonly state: OrderState | undefined;
  readonly hold: Hold | null;
}

/** Moves an order if it is in one of `from` and not on hold; run it inside the transaction that the move belongs to. */
export type Transition = (client: Queryable, move: Move) => Promise<Moved>;

/** Where an order is. */
export interface Position {
  readonly state: OrderState;
  readonly hold: Hold | null;
}

/** Where the order is, or undefined; `lock` keeps other movers out until the transaction ends. */
export const positionOf = async (client: Queryable, orderId: string, lock = ''): Promise<Position | undefined> => {
  const sql = `select state, hold from topup.orders where id = $1 ${lock}`;
  return (await client.query<Position>(sql, [orderId])).rows[0];
};

/** True when the move is allowed from there: the order exists, is in one of `from`, and is not on hold. */
export const mayMove = (position: Position | undefined, move: Move): position is Position =>
  position !== undefined && position.hold === null && move.from.includes(position.state);

/** The answer of a mover that leaves the order where it is. */
export const unmoved = (position: Position | undefined): Moved => ({
  moved: false,
  state: position?.state,
  hold: position?.hold ?? null,
});

/** Writes history under the number that the update of the order just returned; both in one statement. */
const historyAfter = (update: string): string => `
  with moved as (${update} returning id, version)
  insert into topup.order_transitions (order_id, sequence, from_state, to_state, cause, reference)
  select id, version, $2, $3, $4, $5 from moved`;

/** Moves an order ($1 to $3, from $2 as history has it) wherever it is: only for a mover that is alone with the row. */
export const unconditionalMove = historyAfter(
  'update topup.orders set state = $3, version = version + 1, updated_at = now() where id = $1',
);

const swap = historyAfter(`
  update topup.orders set state = $3, version = version + 1, updated_at = now()
  where id = $1 and state = $2 and hold is null`);

/**
 * Of several movers that read the same state one wins; the others read again and find it gone. The state alone tells
 * that nobody moved in between, since no order ever comes back to a state (legalMoves has no circle).
 */
export const compareAndSwap: Transition = async (client, move) => {
  for (;;) {
    const position = await positionOf(client, move.orderId);
    if (!mayMove(position, move)) return unmoved(position);
    const values = [move.orderId, position.state, move.to, move.cause, move.reference];
    const { rowCount } = await client.query(swap, values);
    if (rowCount === 1) return { moved: true, state: move.to, hold: null };
  }
};
