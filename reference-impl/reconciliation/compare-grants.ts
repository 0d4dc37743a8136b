/** Compares, per cloud account, what the cloud says it granted with what the ledger credited for it. */
import type { Cloud } from '../provisioning/alibaba.ts';
import { inParallel } from '../resilience/in-parallel.ts';
import type { RoleParts } from '../service.ts';
import { report } from './findings.ts';

/** What the job works with. */
export interface GrantJobs extends RoleParts {
  readonly cloud: Cloud;
}

interface AccountRow {
  cloud_account_id: string;
  /** Numbers of attempts sent, unknown and succeeded: another picture means that something happened since. */
  seen: string;
  /** The account's quota before our first call ever; what it grew by since is what we were granted. */
  baseline_minor: string | bigint;
}

const changedAccounts = `
  select a.cloud_account_id, a.seen, a.baseline_minor
  from (
    select cloud_account_id,
      concat_ws('/', count(quota_before_minor), count(*) filter (where state = 'UNKNOWN'),
        count(*) filter (where state = 'SUCCEEDED')) as seen,
      (array_agg(quota_before_minor order by id) filter (where quota_before_minor is not null))[1] as baseline_minor
    from topup.grant_attempts group by cloud_account_id
  ) a
  left join topup.grant_comparisons c using (cloud_account_id)
  where a.baseline_minor is not null and c.attempts_seen is distinct from a.seen
  order by a.cloud_account_id limit 50`;

const creditedTo = `
  select coalesce(sum(p.amount_minor), 0) as credited_minor
  from topup.orders o
  join topup.journal_entries e on e.order_id = o.id and e.kind = 'TOPUP_CREDIT'
  join topup.postings p on p.entry_id = e.id and p.side = 'credit'
  where o.cloud_account_id = $1`;

const compare = async ({ ports, cloud, count }: GrantJobs, row: AccountRow): Promise<boolean> => {
  const { db } = ports;
  const subject = row.cloud_account_id;
  // The cloud first, the ledger after: a grant always follows its credit, so work in flight never looks like a gap.
  const reading = await cloud.quota(subject);
  if (reading.kind !== 'quota') return false;
  const { rows } = await db.query<{ credited_minor: string }>(creditedTo, [subject]);
  const creditedMinor = BigInt(rows[0]?.credited_minor ?? 0);
  const grantedMinor = reading.quotaMinor - BigInt(row.baseline_minor);
  await db.query(
    `insert into topup.grant_comparisons (cloud_account_id, granted_minor, credited_minor, attempts_seen)
     values ($1, $2, $3, $4)
     on conflict (cloud_account_id) do update set granted_minor = excluded.granted_minor,
       credited_minor = excluded.credited_minor, attempts_seen = excluded.attempts_seen, compared_at = now()`,
    [subject, grantedMinor.toString(), creditedMinor.toString(), row.seen],
  );
  if (grantedMinor > creditedMinor) {
    await report(db, count, {
      kind: 'duplicate_grant',
      subject,
      detail: `granted ${grantedMinor}, credited ${creditedMinor}`,
    });
  }
  return true;
};

/** Compares every account whose attempts changed since its last comparison; returns how many it compared. */
export const compareGrants = async (jobs: GrantJobs): Promise<number> => {
  const { rows } = await jobs.ports.db.query<AccountRow>(changedAccounts);
  let compared = 0;
  await inParallel(rows, 4, async (row) => {
    if (!(await compare(jobs, row))) return;
    compared += 1;
    jobs.count('topup_reconciliation_records_compared_total', { job: 'compare-grants' });
  });
  return compared;
};
