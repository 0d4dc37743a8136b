/** A target for tests of this folder: every signal of the invariants, all but one over one series. */
import type { Observable } from './observed.ts';

/** Scraped every 15 s in production, hence 150 times slower than a run. */
export const stubTarget: Observable = {
  scrapeIntervalS: 15,
  signals: {
    doubleCharged: 'sum(topup_intents_with_several_orders)',
    rewritten: 'sum(topup_ledger_rows_rewritten)',
    unauthentic: 'sum(topup_unauthentic_webhooks)',
    overcalled: 'sum(topup_orders_overcalled)',
    balanceDrift: 'sum(topup_balance_drift_minor_units)',
    illegalTransitions: 'sum(topup_illegal_transitions)',
    mismatched: 'sum(topup_credits_mismatched)',
    overcredited: 'sum(topup_payments_overcredited)',
    overgranted: 'sum(topup_misgranted_minor_units)',
    unbacked: 'sum(topup_credits_unbacked)',
    uncredited: 'sum(topup_captured_uncredited_minor_units) + sum(topup_bank_accounts_unreadable)',
  },
};
