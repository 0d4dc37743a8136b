/**
 * The way of a top-up, one panel per step, over the series that the reference service exports (requirements K.1). Read
 * from left to right: the first step whose lines differ from the step before it is where money waits.
 */
import type { LinesPanel } from './panels.ts';

/** Per second, over a window that Grafana fits to the scrape interval, by the given labels. */
const rate = (series: string, labels: string): string => `sum by (${labels}) (rate(${series}[$__rate_interval]))`;

/** Creation, initiation, webhook, credit, grant, reconciliation. */
export const funnelPanels: readonly LinesPanel[] = [
  {
    title: 'Order creation',
    shows: 'Requests to create an order, by answer.',
    badPictures: {
      'replayed or in_progress rise': 'clients repeat themselves',
      'conflict rises': 'one idempotency key is used for two orders',
      'error rises': 'buyers are turned away through our fault',
    },
    unit: 'reqps',
    lines: { '{{outcome}}': rate('topup_order_create_requests_total', 'outcome') },
  },
  {
    title: 'Payment initiation',
    shows: 'Payment intents sent to the provider, by answer.',
    badPictures: {
      'orders are created, none is accepted': 'no buyer can pay',
      'unknown rises': 'answers get lost; the same intent is sent again, never a new one',
    },
    unit: 'reqps',
    lines: { '{{provider}} {{outcome}}': rate('topup_payment_initiations_total', 'provider, outcome') },
  },
  {
    title: 'Webhooks received',
    shows: 'Deliveries, the repeats among them, and those that the provider did not sign.',
    badPictures: {
      'payments without webhooks': 'the provider cannot reach our endpoint',
      'many repeats': 'our answers do not reach the provider',
      'bad signatures': 'a wrong key, or somebody tries',
    },
    unit: 'reqps',
    lines: {
      '{{provider}} received': rate('topup_callbacks_received_total', 'provider'),
      '{{provider}} repeated': rate('topup_callback_duplicates_total', 'provider'),
      '{{provider}} bad signature': rate('topup_callback_signature_failures_total', 'provider'),
    },
  },
  {
    title: 'Webhooks processed',
    shows: 'What became of authentic webhooks.',
    badPictures: {
      'quarantined rises': 'payments do not fit their orders; a person decides',
      'error rises': 'nothing was credited yet; the sweep of the inbox repeats it',
    },
    unit: 'cps',
    lines: { '{{provider}} {{outcome}}': rate('topup_callbacks_processed_total', 'provider, outcome') },
  },
  {
    title: 'Captures and credits',
    shows: 'Payments confirmed, and attempts to credit them by outcome. The two lines meet when all are credited.',
    badPictures: {
      'credited below confirmed': 'the gap is money owed to buyers',
      'credited above confirmed': 'payments are credited twice',
      'error rises': 'the ledger refuses or cannot be reached; read the log of the role webhooks',
    },
    unit: 'cps',
    lines: {
      confirmed: 'sum(rate(topup_payments_confirmed_total[$__rate_interval]))',
      '{{outcome}}': rate('topup_ledger_credits_total', 'outcome'),
    },
  },
  {
    title: 'Cloud grants',
    shows: 'Attempts to grant credit at the cloud, by what is known of their effect.',
    badPictures: {
      'unknown rises': 'answers get lost; the quota is read before anything is repeated',
      'retry or refused without a success': 'wallets are full and buyers cannot use them',
    },
    unit: 'cps',
    lines: { '{{cloud}} {{outcome}}': rate('topup_provisioning_attempts_total', 'cloud, outcome') },
  },
  {
    title: 'Reconciliation',
    shows: 'Differences found with the provider and the cloud, and corrections made.',
    badPictures: {
      'corrections rise': 'webhooks do not arrive, and buyers wait for the next sweep',
      'differences without corrections': 'they need a person',
    },
    unit: 'cps',
    lines: {
      'found {{kind}}': rate('topup_reconciliation_discrepancies_total', 'kind'),
      'corrected {{action}}': rate('topup_reconciliation_corrections_total', 'action'),
    },
  },
  {
    title: 'Payments that do not fit their order',
    shows: 'Payments that the provider confirms and that differ from their order, by field. Each holds its order.',
    badPictures: { 'more than single ones': 'a price changed on its way, or somebody edits what he pays' },
    unit: 'cps',
    lines: { '{{field}}': rate('topup_order_mismatches_total', 'field') },
  },
];

/** How providers are called while they have trouble. */
export const providerPanels: readonly LinesPanel[] = [
  {
    title: 'Calls to providers',
    shows: 'Calls by provider and outcome, and calls that were not made.',
    badPictures: {
      'unknown rises': 'the provider has trouble, or the way to it',
      'unknown rises, nothing is turned away': 'neither breaker nor budget holds us back: we keep it down',
    },
    unit: 'reqps',
    lines: {
      '{{dependency}} {{outcome}}': rate('topup_dependency_requests_total', 'dependency, outcome'),
      '{{dependency}} turned away by {{by}}': rate('topup_calls_turned_away_total', 'dependency, by'),
    },
  },
  {
    title: 'Retries and breakers',
    shows: 'Retries left and made, and the breaker that is furthest open: 0 closed, 1 probing, 2 open.',
    badPictures: {
      'a breaker stays at 2': 'its orders wait until the provider answers a probe',
      'a breaker goes up and down': 'the provider answers now and then; it is asked too early',
      'the budget stays at 0': 'more has to be repeated than a tenth of all calls',
    },
    unit: 'short',
    lines: {
      '{{dependency}} breaker': 'max by (dependency) (topup_circuit_breaker_state)',
      '{{dependency}} budget left': 'min by (dependency) (topup_retry_budget_left)',
      '{{dependency}} retries per second': rate('topup_retries_total', 'dependency'),
    },
  },
];

/** Where orders are now. */
export const waitingPanels: readonly LinesPanel[] = [
  {
    title: 'Orders by state',
    shows: 'How many orders are in each state.',
    badPictures: {
      'PAYMENT_INITIATED grows': 'the provider does not answer',
      'PAYMENT_SUCCEEDED grows': 'paid orders wait for the ledger',
      'CREDITED or PROVISIONING grows': 'credited orders wait for the cloud',
    },
    unit: 'short',
    lines: { '{{state}}': 'sum by (state) (topup_orders_in_state)' },
    stacked: true,
  },
  {
    title: 'Orders stuck',
    shows: 'Orders that stay too long in a state that they should leave by themselves, by state.',
    badPictures: {
      'one state rises': 'the step behind it does not run; Orders by state names it',
      'all states rise': 'the database or the whole service stands still',
    },
    unit: 'short',
    lines: { '{{state}}': 'sum by (state) (topup_orders_stuck)' },
  },
  {
    title: 'Orders waiting for a provider',
    shows: 'Orders for which a provider is not even asked, because its breaker is open.',
    badPictures: { 'stays above 0': 'the provider is away; they go on by themselves once it answers' },
    unit: 'short',
    lines: { '{{dependency}}': 'sum by (dependency) (topup_orders_waiting)' },
  },
  {
    title: 'Orders on hold',
    shows: 'Orders that only a person moves on, by reason.',
    badPictures: {
      'reconciliation rises': 'what was paid differs from the order',
      'manual_review rises': 'webhooks or grants were given up after many attempts',
      'no line ever falls': 'nobody works on the cases',
    },
    unit: 'short',
    lines: { '{{hold}}': 'sum by (hold) (topup_orders_on_hold)' },
  },
  {
    title: 'Money of no order',
    shows: 'Money that came to a bank account and names no order, or one that was paid before, by currency.',
    badPictures: {
      rises: 'people leave the reference out; somebody has to find out whose money it is',
      'never falls': 'nobody finds its owners, or sends it back',
    },
    unit: 'short',
    lines: { '{{currency}}': 'sum by (currency) (topup_unmatched_minor_units)' },
  },
];
