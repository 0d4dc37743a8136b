/**
 * What dashboards see of the money, counted from the tables at each scrape. Only the role `reconciliation` exports it:
 * four processes would add up to four times the truth. All gauges are one statement, hence one snapshot; if it fails
 * the scrape fails, for a zero that nobody counted would be a lie.
 */
import { Gauge, type Registry } from 'prom-client';
import type { Times } from '../config.ts';
import { interval } from '../db/transaction.ts';
import { currencies } from '../orders/order.ts';
import { holds, orderStates, unfinishedStates } from '../orders/states.ts';
import type { Db } from '../ports.ts';
import { cloudIds } from '../provisioning/cloud.ts';
import { dependencies } from '../resilience/policy.ts';

/** A gauge without a label counts; one with a label has a row (label, value) per value of it, zeros included. */
interface LedgerGauge {
  readonly help: string;
  readonly label?: string;
  readonly sql: string;
}

/** Placeholders: $1 all states, $2 all holds, $3 states that should not last, $4 stuck after, $5 lost after; then
 * all clouds, providers and currencies. */
const ledgerGauges: Readonly<Record<string, LedgerGauge>> = {
  topup_payments_overcredited: {
    help: 'Payments credited more than once.',
    sql: `select count(*) from (
        select from topup.journal_entries where kind = 'TOPUP_CREDIT' group by payment_id having count(*) > 1) p`,
  },
  topup_balance_drift_minor_units: {
    help: 'Sum over wallets of the difference between stored balance and postings.',
    label: 'currency',
    sql: `select k.currency, coalesce(sum(abs(coalesce(b.balance_minor, 0) - coalesce(p.posted, 0))), 0)
      from (select 'user_wallet:' || wallet_id as account, currency, balance_minor from topup.balances) b
      full join (
        select account, currency, sum(case side when 'credit' then amount_minor else -amount_minor end) as posted
        from topup.postings where account like 'user_wallet:%' group by 1, 2) p using (account, currency)
      right join unnest($8::text[]) k (currency) using (currency)
      group by k.currency`,
  },
  topup_misgranted_minor_units: {
    help:
      "Growth of the cloud's quotas beyond what the ledger credited, at each account's last comparison; " +
      'what customers spent since lowers it, and only we may raise a quota. And what is missing there of complete ' +
      'orders, at clouds where no spending lowers what they tell.',
    label: 'cloud',
    sql: `select k.cloud, coalesce(sum(
        greatest(0, granted_minor - credited_minor) + coalesce(greatest(0, completed_minor - granted_minor), 0)), 0)
      from topup.grant_comparisons right join unnest($6::text[]) k (cloud) using (cloud) group by k.cloud`,
  },
  topup_illegal_transitions: {
    help: 'Rows of order history that no transition allows or that do not start where the row before ended.',
    sql: `select count(*) from (
        select from_state, to_state, lag(to_state) over (partition by order_id order by sequence) as came_from
        from topup.order_transitions) h
      left join topup.legal_transitions l
        on coalesce(l.from_state, '') = coalesce(h.from_state, '') and l.to_state = h.to_state
      where h.from_state is distinct from h.came_from or l.to_state is null`,
  },
  topup_captured_uncredited_minor_units: {
    help: 'Money that the provider says it captured and that is neither credited in time nor on hold.',
    label: 'currency',
    sql: `select k.currency, coalesce(sum(c.captured_minor), 0)
      from (
        select c.currency, c.captured_minor from topup.payment_comparisons c join topup.orders o on o.id = c.order_id
        where o.hold is null and c.compared_at <= now() - ${interval('$5')} and not exists (
          select from topup.journal_entries e join topup.payments p on p.id = e.payment_id
          where p.trade_no = c.trade_no and e.kind = 'TOPUP_CREDIT')) c
      right join unnest($8::text[]) k (currency) using (currency)
      group by k.currency`,
  },
  topup_unmatched_minor_units: {
    help: 'Money that came to our bank accounts and belongs to no order: a person finds its owner or sends it back.',
    label: 'currency',
    sql: `select k.currency, coalesce(sum(e.amount_minor), 0)
      from (select currency, amount_minor from topup.bank_entries
        where order_id is null and side = 'credit' and settled_at is not null) e
      right join unnest($8::text[]) k (currency) using (currency)
      group by k.currency`,
  },
  topup_bank_accounts_unreadable: {
    help: 'Accounts of ours whose next entry cannot be read: what it is, and what came behind it, nobody knows.',
    sql: 'select count(*) from topup.bank_accounts where unreadable_since is not null',
  },
  topup_credits_unbacked: {
    help: 'Credits whose payment the provider does not know as captured for that order, or that names another one.',
    sql: `select count(*) from topup.journal_entries e
      join topup.payments p on p.id = e.payment_id
      join topup.orders o on o.id = e.order_id
      left join topup.payment_comparisons c on c.order_id = e.order_id
      left join topup.bank_entries b on b.entry_id = p.trade_no
      where e.kind = 'TOPUP_CREDIT' and (c.captured_minor = 0
        or c.order_id is not null and c.trade_no is distinct from p.trade_no
        or upper(translate(b.reference, E' \\t\\r\\n', '')) <> o.payment_number)`,
  },
  topup_credits_mismatched: {
    help: 'Credits whose amount, currency or wallet differ from the order or from what the provider captured.',
    sql: `select count(*) from topup.journal_entries e
      join topup.orders o on o.id = e.order_id
      join topup.postings p on p.entry_id = e.id and p.side = 'credit'
      left join topup.payment_comparisons c on c.order_id = o.id and c.captured_minor > 0
      where e.kind = 'TOPUP_CREDIT' and (p.amount_minor, p.currency, p.account)
        is distinct from (coalesce(c.captured_minor, o.amount_minor), o.currency, 'user_wallet:' || o.wallet_id)`,
  },
  topup_intents_with_several_orders: {
    help: 'Wishes of buyers, by idempotency key, that became more than one order.',
    sql: `select count(*) from (select from topup.orders group by intent having count(*) > 1) i`,
  },
  topup_ledger_rows_rewritten: {
    help: 'Ledger rows that were changed, removed or slipped in since they were sealed; reads the whole ledger.',
    sql: 'select count(*) from topup.sealed_rows where not intact',
  },
  topup_unauthentic_webhooks: {
    help:
      'Webhooks that a second look does not find to be the provider speaking to us, ' +
      'and those that moved an order without being on record.',
    sql: `select count(*) from (
        select event_id from topup.inbox where authentic is false
        union
        select t.reference from topup.order_transitions t where t.cause = 'webhook' and not exists (
          select from topup.inbox i where i.event_id = t.reference and i.order_id = t.order_id)) w`,
  },
  topup_orders_waiting: {
    help: 'Orders for which a provider is not even asked, because its breaker is open.',
    label: 'dependency',
    sql: `select d.dependency, count(w.dependency) from unnest($7::text[]) d (dependency)
      left join (
        select waiting_for as dependency from topup.orders where coalesce(initiate_due_at, query_due_at) is not null
        union all select waiting_for from topup.outbox where done_at is null) w using (dependency)
      group by d.dependency`,
  },
  topup_orders_in_state: {
    help: 'Orders by state.',
    label: 'state',
    sql: `select s.state, count(o.id) from unnest($1::text[]) s (state) left join topup.orders o using (state)
      group by s.state`,
  },
  topup_orders_on_hold: {
    help: 'Orders that wait for reconciliation or a person.',
    label: 'hold',
    sql: `select h.hold, count(o.id) from unnest($2::text[]) h (hold) left join topup.orders o using (hold)
      group by h.hold`,
  },
  topup_orders_stuck: {
    help: 'Orders that stay too long in a state that they should leave by themselves; PAYMENT_PENDING if paid.',
    label: 'state',
    sql: `select s.state, count(o.id) from unnest($3::text[] || 'PAYMENT_PENDING'::text) s (state)
      left join topup.orders o on o.state = s.state and o.hold is null and o.updated_at <= now() - ${interval('$4')}
        and (o.state <> 'PAYMENT_PENDING' or exists (
          select from topup.payment_comparisons c where c.order_id = o.id and c.captured_minor > 0))
      group by s.state`,
  },
};

const rowsOf = ([name, { label, sql }]: [string, LedgerGauge]): string =>
  label === undefined ? `select '${name}', '', (${sql})` : `select '${name}', * from (${sql}) rows`;

const counted = `select name, label, value::float8
  from (${Object.entries(ledgerGauges).map(rowsOf).join(' union all ')}) as counted (name, label, value)`;

/** Registers the gauges; the result counts them anew and rejects, leaving them as they were, when it cannot. */
export const ledgerGaugesIn = (registry: Registry, db: Db, times: Times): (() => Promise<void>) => {
  const gauges = Object.entries(ledgerGauges).map(([name, { help, label }]) => {
    const gauge = new Gauge({ name, help, labelNames: label === undefined ? [] : [label], registers: [registry] });
    return [name, { gauge, label }] as const;
  });
  const byName = new Map(gauges);
  const values = [
    orderStates,
    holds,
    unfinishedStates,
    times.stuckMs,
    times.creditLimitMs,
    cloudIds,
    dependencies,
    currencies,
  ];
  return async () => {
    const { rows } = await db.query<{ name: string; label: string; value: number }>(counted, values);
    for (const row of rows) {
      const { gauge, label } = byName.get(row.name) ?? {};
      gauge?.set(label === undefined ? {} : { [label]: row.label }, row.value);
    }
  };
};
