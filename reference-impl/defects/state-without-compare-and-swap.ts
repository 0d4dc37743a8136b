/**
 * Decides by the state it read and writes without looking again. In the wild: the check-then-act races of "Ad hoc
 * transactions" (SIGMOD 2022). Witness: webhook, query and a double click confirm one order at once.
 */
import { mayMove, positionOf, type Transition, unconditionalMove, unmoved } from '../orders/transition.ts';
import { soundParts } from '../parts.ts';
import { defineVariant } from './variant.ts';

const readThenWrite: Transition = async (client, move) => {
  const position = await positionOf(client, move.orderId);
  if (!mayMove(position, move)) return unmoved(position);
  await client.query(unconditionalMove, [move.orderId, position.state, move.to, move.cause, move.reference]);
  return { moved: true, state: move.to, hold: null };
};

/** The defect that moves an order from where it no longer is. */
export const stateWithoutCompareAndSwap = defineVariant({
  id: 'state-without-compare-and-swap',
  kind: 'defect',
  summary: 'Moves an order from a state that it may have left since it was read; nothing checks the history.',
  witness: 'confirm-race',
  invariant: 'legal-transitions',
  parts: { ...soundParts, transition: readThenWrite },
  overlay: new URL('./state-without-compare-and-swap.sql', import.meta.url),
});
