/** The pieces of the service that decide whether money stays right. Each is sound here; defects/ swaps them. */
import { type Idempotency, oneOrderPerKey } from './idempotency/claim.ts';
import { type CreditOrder, creditOrder } from './ledger/credit-order.ts';
import { type RaiseBalance, raiseUnderLock } from './ledger/raise-balance.ts';
import { type ShowBalances, showStored } from './ledger/show-balances.ts';
import { type AskProvider, askProvider } from './orders/confirm-order.ts';
import { compareAndSwap, type Transition } from './orders/transition.ts';
import { type Doubt, signedAlone } from './payments/doubt.ts';
import { exactFit, type Fit } from './payments/fit.ts';
import { type Unseal, unsealed } from './payments/wechat-pay-sign.ts';
import { type IsSuccess, okAndSaysSo } from './provisioning/is-success.ts';
import { digitForDigit, type NameAccount } from './provisioning/name-account.ts';
import { type RepeatPolicy, strategyPerClass } from './provisioning/repeat-policy.ts';
import { confirmFound, type Recover } from './reconciliation/recover.ts';
import { keptForPerson, type SetAside } from './reconciliation/settle-entries.ts';
import { carefulRetries, type Resilience } from './resilience/policy.ts';
import { dedupByEvent, type Inbox } from './webhooks/inbox.ts';
import { type Authenticate, verifiedNotice } from './webhooks/inlet.ts';

/** One implementation of each piece. */
export interface Parts {
  readonly idempotency: Idempotency;
  readonly ask: AskProvider;
  readonly doubt: Doubt;
  readonly fit: Fit;
  readonly unseal: Unseal;
  readonly authenticate: Authenticate;
  readonly inbox: Inbox;
  readonly transition: Transition;
  readonly credit: CreditOrder;
  readonly balance: RaiseBalance;
  readonly showBalances: ShowBalances;
  readonly isSuccess: IsSuccess;
  readonly nameAccount: NameAccount;
  readonly repeat: RepeatPolicy;
  readonly recover: Recover;
  readonly setAside: SetAside;
  readonly resilience: Resilience;
}

/** The composition that runs in production. */
export const soundParts: Parts = {
  idempotency: oneOrderPerKey,
  ask: askProvider,
  doubt: signedAlone,
  fit: exactFit,
  unseal: unsealed,
  authenticate: verifiedNotice,
  inbox: dedupByEvent,
  transition: compareAndSwap,
  credit: creditOrder,
  balance: raiseUnderLock,
  showBalances: showStored,
  isSuccess: okAndSaysSo,
  nameAccount: digitForDigit,
  repeat: strategyPerClass,
  recover: confirmFound,
  setAside: keptForPerson,
  resilience: carefulRetries,
};
