/**
 * Locks the order, checks its state, writes without a condition. Right, although the write itself checks nothing: who
 * holds the lock is alone with the row.
 */
import { mayMove, positionOf, type Transition, unconditionalMove, unmoved } from '../orders/transition.ts';
import { soundParts } from '../parts.ts';
import { defineVariant } from './variant.ts';

const writeUnderLock: Transition = async (client, move) => {
  const position = await positionOf(client, move.orderId, 'for update');
  if (!mayMove(position, move)) return unmoved(position);
  await client.query(unconditionalMove, [move.orderId, position.state, move.to, move.cause, move.reference]);
  return { moved: true, state: move.to, hold: null };
};

/** The look-alike of state-without-compare-and-swap. */
export const stateUnderRowLock = defineVariant({
  id: 'state-under-row-lock',
  kind: 'look-alike',
  summary: 'Moves an order by lock, check and unconditional write instead of compare-and-swap.',
  witness: 'confirm-race',
  invariant: 'legal-transitions',
  parts: { ...soundParts, transition: writeUnderLock },
});
