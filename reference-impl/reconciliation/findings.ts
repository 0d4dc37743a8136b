/** Differences that reconciliation found: kept once each, with what was compared. */
import type { Queryable } from '../ports.ts';
import type { Count } from '../telemetry/counters.ts';

/** The kinds of difference. */
export const findingKinds = [
  'amount_mismatch',
  'orphan_ledger_entry',
  'order_status_mismatch',
  'duplicate_grant',
  'unmatched_payment',
  'payment_returned',
] as const;

/** One of them. */
export type FindingKind = (typeof findingKinds)[number];

/** A difference; `subject` is the order, cloud account or bank entry, `detail` both sides of the comparison. */
export interface Finding {
  readonly kind: FindingKind;
  readonly subject: string;
  readonly detail: string;
}

/** Records the finding and counts it, the first time it is made. */
export const report = async (db: Queryable, count: Count, { kind, subject, detail }: Finding): Promise<void> => {
  const { rowCount } = await db.query(
    'insert into topup.reconciliation_findings (kind, subject, detail) values ($1, $2, $3) on conflict do nothing',
    [kind, subject, detail],
  );
  if (rowCount === 1) count('topup_reconciliation_discrepancies_total', { kind });
};
