/**
 * What the service counts. Each counter is declared once, with every label value it can take, so that every series is
 * born at zero: a series that first appears at 1 has no increase for Prometheus to see.
 */
import { Counter, type Registry } from 'prom-client';
import { paymentProviders } from '../payments/payment-client.ts';
import { cloudIds } from '../provisioning/cloud.ts';
import { findingKinds } from '../reconciliation/findings.ts';
import { type Dependency, dependencies } from '../resilience/policy.ts';
import type { Role } from '../roles.ts';
import { distrusts } from '../webhooks/inlet.ts';

const provider = paymentProviders;
const cloud = cloudIds;
const dependency = dependencies;
const called = ['ok', 'refused', 'unknown'] as const;

/** What each provider is called for. */
const operations = {
  'alibaba-cloud': ['change_consume_amount', 'query_quota', 'set_quota'],
  alipay: ['precreate', 'query'],
  'bank-transfer': ['transactions'],
  'huawei-cloud': ['adjust_amount', 'adjust_records', 'retrieve_amount', 'transfer_amount'],
  'standard-webhooks': ['create_payment', 'list_payments'],
  stripe: ['create_intent', 'read_intent'],
  'tencent-cloud': ['allocate_credit', 'client_balance', 'credit_history', 'query_credit', 'transfer_money'],
  'wechat-pay': ['native', 'query_order'],
} as const satisfies Readonly<Record<Dependency, readonly string[]>>;

/** The name of a call to a provider. */
export type Operation = (typeof operations)[Dependency][number];

const declarations = {
  topup_order_create_requests_total: {
    help: 'Requests to create an order, by answer.',
    roles: ['api'],
    labels: { outcome: ['created', 'replayed', 'conflict', 'in_progress', 'rejected', 'error'] },
  },
  topup_payment_initiations_total: {
    help: 'Payment intents sent to the provider, repeats included.',
    roles: ['api'],
    labels: { provider, outcome: ['accepted', 'refused', 'unknown'] },
  },
  topup_idempotency_lookups_total: {
    help: 'Idempotency keys looked up; a miss starts the work.',
    roles: ['api'],
    labels: { layer: ['http'], result: ['miss', 'hit', 'in_progress', 'conflict', 'taken_over'] },
  },
  topup_callbacks_received_total: {
    help: 'Webhooks received, authentic or not.',
    roles: ['webhooks'],
    labels: { provider },
  },
  topup_callback_signature_failures_total: {
    help: 'Webhooks refused because they cannot be the provider speaking to us.',
    roles: ['webhooks'],
    labels: { provider, reason: distrusts },
  },
  topup_callback_duplicates_total: {
    help: 'Webhooks without a further effect, by what recognised them.',
    roles: ['webhooks'],
    labels: { provider, by: ['event', 'fact'] },
  },
  topup_callbacks_processed_total: {
    help: 'Authentic webhooks, by what became of them; an error is retried from the inbox.',
    roles: ['webhooks'],
    labels: { provider, outcome: ['applied', 'ignored', 'quarantined', 'error'] },
  },
  topup_order_mismatches_total: {
    help: 'Payments that the provider confirms and that do not fit their order; the order is put on hold.',
    roles: ['api', 'webhooks', 'reconciliation'],
    labels: { field: ['amount', 'currency', 'payment'] },
  },
  topup_payments_confirmed_total: {
    help: 'Payments confirmed for the first time.',
    roles: ['api', 'webhooks', 'reconciliation'],
    labels: { provider },
  },
  topup_ledger_credits_total: {
    help: 'Attempts to credit a confirmed payment.',
    roles: ['webhooks'],
    labels: { outcome: ['credited', 'already', 'error'] },
  },
  topup_provisioning_attempts_total: {
    help: 'Grant attempts at the cloud, by what is known of their effect.',
    roles: ['provisioning'],
    labels: { cloud, outcome: ['succeeded', 'found_granted', 'retry', 'refused', 'unknown'] },
  },
  topup_orders_finished_total: {
    help: 'Orders that reached their end.',
    roles: ['api', 'provisioning', 'reconciliation'],
    labels: { provider, outcome: ['completed', 'failed'] },
  },
  topup_queue_dead_lettered_total: {
    help: 'Work given up and handed to a person.',
    roles: ['api', 'webhooks', 'provisioning'],
    labels: { queue: ['inbox', 'credits', 'grants', 'initiations'] },
  },
  topup_dependency_requests_total: {
    help: 'Calls to the outside; unknown means that no answer we can believe came.',
    roles: ['api', 'provisioning', 'reconciliation'],
    labels: {
      dependency,
      operation: Object.values(operations).flat(),
      outcome: called,
    },
    possible: ({ dependency: callee, operation }) => operations[callee as Dependency].includes(operation as never),
  },
  topup_retries_total: {
    help: 'Calls to the outside that would not have been made but for an earlier failure.',
    roles: ['api', 'provisioning', 'reconciliation'],
    labels: { dependency },
  },
  topup_calls_turned_away_total: {
    help: 'Calls to the outside that were not made: the breaker was open, or the budget of retries was spent.',
    roles: ['api', 'provisioning', 'reconciliation'],
    labels: { dependency, by: ['breaker', 'budget'] },
  },
  topup_circuit_breaker_transitions_total: {
    help: 'Moves of the breaker before a provider.',
    roles: ['api', 'provisioning', 'reconciliation'],
    labels: { dependency, to: ['closed', 'probing', 'open'] },
  },
  topup_reconciliation_records_compared_total: {
    help: 'Records compared with a provider.',
    roles: ['reconciliation'],
    labels: { comparison: ['find-lost-payments', 'compare-payments', 'compare-grants'] },
  },
  topup_reconciliation_discrepancies_total: {
    help: 'Differences found, each once.',
    roles: ['reconciliation'],
    labels: { kind: findingKinds },
  },
  topup_reconciliation_corrections_total: {
    help: 'Credits that only exist because reconciliation asked; a growing share means that webhooks get lost.',
    roles: ['reconciliation'],
    labels: { action: ['confirm_payment'], initiator: ['job'] },
  },
} as const satisfies Record<string, Declaration>;

interface Declaration {
  readonly help: string;
  readonly roles: readonly Role[];
  readonly labels: Readonly<Record<string, readonly string[]>>;
  /** False for combinations that cannot occur; without it all can. */
  readonly possible?: (labels: Readonly<Record<string, string>>) => boolean;
}

type Declared = typeof declarations;
type LabelsOf<Name extends keyof Declared> = {
  readonly [Label in keyof Declared[Name]['labels']]: Declared[Name]['labels'][Label] extends readonly (infer V)[]
    ? V
    : never;
};

/** Counts one occurrence; names and label values are those declared above. */
export type Count = <Name extends keyof Declared>(name: Name, labels: LabelsOf<Name>) => void;

const combinations = ({ labels, possible = () => true }: Declaration): Record<string, string>[] =>
  Object.entries(labels)
    .reduce<Record<string, string>[]>(
      (made, [label, values]) => made.flatMap((sofar) => values.map((value) => ({ ...sofar, [label]: value }))),
      [{}],
    )
    .filter(possible);

/** Registers the counters of `role`, all at zero. Counting one that the role does not declare is a bug and throws. */
export const countersFor = (role: Role, registry: Registry): Count => {
  const counters = new Map<string, Counter>();
  for (const [name, declaration] of Object.entries<Declaration>(declarations)) {
    if (!declaration.roles.includes(role)) continue;
    const labelNames = Object.keys(declaration.labels);
    const counter = new Counter({ name, help: declaration.help, labelNames, registers: [registry] });
    for (const labels of combinations(declaration)) counter.inc(labels, 0);
    counters.set(name, counter);
  }
  return (name, labels) => {
    const counter = counters.get(name);
    if (!counter) throw new Error(`the role ${role} does not declare the counter ${name}`);
    counter.inc(labels as Record<string, string>);
  };
};
