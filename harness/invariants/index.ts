/** All invariants, sorted by id. */
import type { Invariant } from '../invariant.ts';
import { acknowledgedWebhooks } from './acknowledged-webhooks.ts';
import { appendOnlyLedger } from './append-only-ledger.ts';
import { balanceEqualsLedger } from './balance-equals-ledger.ts';
import { balancedEntries } from './balanced-entries.ts';
import { boundedRetries } from './bounded-retries.ts';
import { exactMatch } from './exact-match.ts';
import { explainedStates } from './explained-states.ts';
import { failClosed } from './fail-closed.ts';
import { grantedOnce } from './granted-once.ts';
import { legalTransitions } from './legal-transitions.ts';
import { noDoubleCharge } from './no-double-charge.ts';
import { noDoubleCredit } from './no-double-credit.ts';
import { noLostCredit } from './no-lost-credit.ts';
import { noOpenTransactions } from './no-open-transactions.ts';
import { noUnbackedCredit } from './no-unbacked-credit.ts';
import { oneRequestPerKey } from './one-request-per-key.ts';
import { truthfulBalances } from './truthful-balances.ts';

export const invariants: readonly Invariant[] = [
  acknowledgedWebhooks,
  appendOnlyLedger,
  balanceEqualsLedger,
  balancedEntries,
  boundedRetries,
  exactMatch,
  explainedStates,
  failClosed,
  grantedOnce,
  legalTransitions,
  noDoubleCharge,
  noDoubleCredit,
  noLostCredit,
  noOpenTransactions,
  noUnbackedCredit,
  oneRequestPerKey,
  truthfulBalances,
];
