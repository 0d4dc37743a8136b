/** The pieces of the service that decide whether money stays right. Each is sound here; defects/ swaps them. */
import { type CreditOrder, creditOrder } from './ledger/credit-order.ts';
import { type RaiseBalance, raiseUnderLock } from './ledger/raise-balance.ts';
import { compareAndSwap, type Transition } from './orders/transition.ts';
import { askBeforeRepeat, type RepeatPolicy } from './provisioning/repeat-policy.ts';
import { dedupByEvent, type Inbox } from './webhooks/inbox.ts';

/** One implementation of each piece. */
export interface Parts {
  readonly inbox: Inbox;
  readonly transition: Transition;
  readonly credit: CreditOrder;
  readonly balance: RaiseBalance;
  readonly repeat: RepeatPolicy;
}

/** The composition that runs in production. */
export const soundParts: Parts = {
  inbox: dedupByEvent,
  transition: compareAndSwap,
  credit: creditOrder,
  balance: raiseUnderLock,
  repeat: askBeforeRepeat,
};
