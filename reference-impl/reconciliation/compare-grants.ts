/**
 * Compares, per cloud account, what the cloud says it granted with what the ledger credited for it. The cloud tells
 * only what an account may still spend, so its growth is our grants as long as nobody spends and nobody else moves it:
 * what the customer has spent hides as much of a double grant, and a raise by somebody else looks like one. Only where
 * spending does not lower what a cloud tells can a grant be missed that we told the customer of.
 */
import { interval } from '../db/transaction.ts';
import { type CloudClients, type CloudId, cloudOf } from '../provisioning/cloud.ts';
import { inParallel } from '../resilience/in-parallel.ts';
import type { RoleParts } from '../service.ts';
import { report } from './findings.ts';

/** What the job works with. */
export interface GrantJobs extends RoleParts {
  readonly clients: CloudClients;
}

interface AccountRow {
  cloud: CloudId;
  cloud_account_id: string;
  /** Numbers of attempts sent, unknown and succeeded: another picture means that something happened since. */
  seen: string;
  /** The account's quota before our first call ever; what it grew by since is what we were granted. */
  baseline_minor: string | bigint;
}

/** Claims by pushing the due time, so that accounts that cannot be read do not keep the others from their turn. */
const claimChanged = `
  with pictures as (
    select cloud, cloud_account_id,
      concat_ws('/', count(quota_before_minor), count(*) filter (where state = 'UNKNOWN'),
        count(*) filter (where state = 'SUCCEEDED')) as seen,
      (array_agg(quota_before_minor order by id) filter (where quota_before_minor is not null))[1] as baseline_minor
    from topup.grant_attempts group by cloud, cloud_account_id
  ), claimed as (
    insert into topup.grant_comparisons as c (cloud, cloud_account_id, due_at)
    select cloud, cloud_account_id, now() + ${interval('$1')}
    from pictures left join topup.grant_comparisons known using (cloud, cloud_account_id)
    where baseline_minor is not null and attempts_seen is distinct from seen and coalesce(due_at <= now(), true)
    order by due_at nulls first, cloud, cloud_account_id limit 50
    on conflict (cloud, cloud_account_id) do update
      set failures = least(c.failures + 1, 10), due_at = now() + ${interval('$1')} * 2 ^ c.failures
      where c.due_at <= now()
    returning cloud, cloud_account_id
  )
  select cloud, cloud_account_id, seen, baseline_minor from pictures join claimed using (cloud, cloud_account_id)`;

const creditedTo = `
  select coalesce(sum(p.amount_minor), 0) as credited_minor
  from topup.orders o
  join topup.journal_entries e on e.order_id = o.id and e.kind = 'TOPUP_CREDIT'
  join topup.postings p on p.entry_id = e.id and p.side = 'credit'
  where o.cloud = $1 and o.cloud_account_id = $2`;

/** What these tell of an account only grows with grants: sums of lists, and totals of credit. */
const untouchedBySpending: readonly CloudId[] = ['huawei-cloud', 'tencent-cloud-intl'];

const completedAt = `
  select coalesce(sum(amount_minor), 0) as completed_minor from topup.orders
  where cloud = $1 and cloud_account_id = $2 and state = 'COMPLETED'`;

/** What the account was granted by our own word, where that can be compared. */
const completedMinor = async ({ ports }: GrantJobs, cloud: CloudId, account: string): Promise<bigint | undefined> => {
  if (!untouchedBySpending.includes(cloud)) return undefined;
  const { rows } = await ports.db.query<{ completed_minor: string }>(completedAt, [cloud, account]);
  return BigInt(rows[0]?.completed_minor ?? 0);
};

const compare = async (jobs: GrantJobs, row: AccountRow): Promise<boolean> => {
  const { ports, clients, count, config } = jobs;
  const { db } = ports;
  const { cloud, cloud_account_id: subject } = row;
  // A grant follows its credit and comes before its order is complete: so the cloud is asked in between, and work in
  // flight never looks like a gap.
  const completed = await completedMinor(jobs, cloud, subject);
  const reading = await cloudOf(clients, cloud).read(subject, false);
  if (reading.kind !== 'reading') return false;
  const { rows } = await db.query<{ credited_minor: string }>(creditedTo, [cloud, subject]);
  const creditedMinor = BigInt(rows[0]?.credited_minor ?? 0);
  const grantedMinor = reading.amountMinor - BigInt(row.baseline_minor);
  const isShort = completed !== undefined && grantedMinor < completed;
  // The cloud's list may only be late: looked at again, whatever becomes of the attempts.
  await db.query(
    `update topup.grant_comparisons set granted_minor = $3, credited_minor = $4, completed_minor = $5,
       attempts_seen = $6, compared_at = now(), due_at = now() + ${interval('$7')}, failures = 0
     where cloud = $1 and cloud_account_id = $2`,
    [
      cloud,
      subject,
      grantedMinor.toString(),
      creditedMinor.toString(),
      completed?.toString() ?? null,
      isShort ? null : row.seen,
      isShort ? config.times.reconcileMs : 0,
    ],
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
  const { rows } = await jobs.ports.db.query<AccountRow>(claimChanged, [jobs.config.times.reconcileMs]);
  let compared = 0;
  await inParallel(rows, 4, async (row) => {
    if (!(await compare(jobs, row))) return;
    compared += 1;
    jobs.count('topup_reconciliation_records_compared_total', { comparison: 'compare-grants' });
  });
  return compared;
};
