/** What the classes of breaches are called, and where one looks for the mistake. */
import type { Anomaly, AnomalyId } from '../anomaly.ts';

/** All of them, sorted by id. */
export const anomalies: readonly Anomaly[] = [
  {
    id: 'B1',
    name: 'stale balance',
    when: 'A stored balance is not the sum of the postings to its wallet.',
    look: 'Two writers who both read the balance before either wrote it.',
    judgedBy: 'balance-equals-ledger',
  },
  {
    id: 'B2',
    name: 'wrong balance shown',
    when: 'The owner of a wallet is shown a balance that it did not have at any moment of the request.',
    look: 'A cache in front of the stored balance, a replica that lags, or money that is added before it is posted.',
    judgedBy: 'truthful-balances',
  },
  {
    id: 'B3',
    name: 'balance forgotten',
    when: 'A buyer was shown less than he had been shown or told before: his own credit is missing, or time goes back.',
    look: 'A cache that no credit invalidates, or reads that go to replicas of different age.',
    judgedBy: 'truthful-balances',
  },
  {
    id: 'C1',
    name: 'double credit',
    when: 'One captured payment raised wallets more than once.',
    look: 'The check that a payment is new: it has to be a unique constraint, in the transaction that credits.',
    judgedBy: 'no-double-credit',
  },
  {
    id: 'C2',
    name: 'lost credit',
    when: 'A captured payment has no credit at rest, and its order is not on hold.',
    look: 'What happens to a payment whose webhook never came: somebody has to ask the provider, and then act.',
    judgedBy: 'no-lost-credit',
  },
  {
    id: 'C3',
    name: 'credit without payment',
    when: 'A credit names a payment that was never captured, or was captured for another order.',
    look: 'Who decides that an order is paid: only the provider may, never the buyer or a page that he returns to.',
    judgedBy: 'no-unbacked-credit',
  },
  {
    id: 'C4',
    name: 'wrong amount',
    when: 'The amount or the currency of a credit is not that of its order and its payment.',
    look: 'Which of the three amounts is posted; a ratio of 100 is fen taken for yuan, or yuan for fen.',
    judgedBy: 'exact-match',
  },
  {
    id: 'C5',
    name: 'wrong wallet',
    when: 'A credit of the right amount raised another wallet than that of its order.',
    look: 'Where the wallet of a posting comes from: the order as it was created, not the webhook.',
    judgedBy: 'exact-match',
  },
  {
    id: 'C6',
    name: 'acknowledged and lost',
    when: 'The webhook of a captured payment was acknowledged, so it comes no more, and there is no credit at rest.',
    look: 'An acknowledgement before the commit of what was received, or work that only memory knew of.',
    judgedBy: 'no-lost-credit',
  },
  {
    id: 'C7',
    name: 'poison webhook',
    when: 'A webhook was refused again and again after its payment had been credited, and never acknowledged.',
    look: 'A handler for which having done it already is an error.',
    judgedBy: 'acknowledged-webhooks',
  },
  {
    id: 'C8',
    name: 'forgery accepted',
    when: 'An order, a ledger row or a hold follows from a webhook that no provider sent to this system like this.',
    look: 'The order of steps: the signature, the app and the seller are checked before anything is read.',
    judgedBy: 'fail-closed',
  },
  {
    id: 'K1',
    name: 'lost idempotent answer',
    when: 'Requests with one key and one body were answered with several orders, or were paid several times.',
    look: 'The key has to be taken by a unique constraint before the order is made.',
    judgedBy: 'no-double-charge',
  },
  {
    id: 'K2',
    name: 'reused key accepted',
    when: 'One idempotency key came with different requests, and more than one of them was accepted.',
    look: 'What is compared when a key is known: the request has to be what it was, not the key alone.',
    judgedBy: 'one-request-per-key',
  },
  {
    id: 'K3',
    name: 'repeated effect',
    when: 'A request without an answer made one order, and its retry with the same key made another.',
    look: 'The key has to be stored in the transaction that makes the order; a commit may take effect unheard.',
    judgedBy: 'no-double-charge',
  },
  {
    id: 'L1',
    name: 'unbalanced ledger',
    when: 'The debits of a ledger entry are not its credits.',
    look: 'Postings of one entry that are written by several transactions, or rounded one by one.',
    judgedBy: 'balanced-entries',
  },
  {
    id: 'L2',
    name: 'rewritten ledger',
    when: 'A ledger row is not as it was written, or has vanished.',
    look: 'An upsert or a repair that updates rows; rights to update and delete should not exist.',
    judgedBy: 'append-only-ledger',
  },
  {
    id: 'L3',
    name: 'audit gap',
    when: 'An order is in a state in which its history does not end, or was credited without a row that says so.',
    look: 'An update of the state that does not write the history in the same transaction.',
    judgedBy: 'explained-states',
  },
  {
    id: 'S1',
    name: 'illegal transition',
    when: 'An order left another state than the one it was in, or took a way that the state graph does not have.',
    look: 'A change of state without compare-and-swap, so that two writers leave the same state.',
    judgedBy: 'legal-transitions',
  },
  {
    id: 'S2',
    name: 'out-of-order overwrite',
    when: 'An order went back to a state that lies before the one it was in: older news came last and won.',
    look: 'Handlers that store the state a message tells of without comparing it with where the order is.',
    judgedBy: 'legal-transitions',
  },
  {
    id: 'S3',
    name: 'stuck order',
    when: 'A paid order is neither finished nor on hold long after everything was healed.',
    look: 'Work that is tried once, or whose lease nobody takes over when its process dies.',
    judgedBy: 'rest: the order is named as still under way',
  },
  {
    id: 'V1',
    name: 'wrong grant',
    when: 'The cloud granted an order more or less than was credited, to another account, or before the credit.',
    look: 'A grant that is repeated under a new reference although the first one may have been done.',
    judgedBy: 'granted-once',
  },
  {
    id: 'X3',
    name: 'retry amplification',
    when: 'A provider was called for one order far more often in a minute than buyers and webhooks asked for.',
    look: 'A retry without a growing wait, or retries on several layers that multiply.',
    judgedBy: 'bounded-retries',
  },
  {
    id: 'X4',
    name: 'transaction left open',
    when: 'At rest a connection still has the transaction open that it had before.',
    look: 'A way out of a function, an error for example, on which the connection is not given back.',
    judgedBy: 'no-open-transactions',
  },
];

const names = new Map<string, string>(anomalies.map(({ id, name }) => [id, name]));

/** `double credit (C1)`. */
export const anomalyText = (id: AnomalyId): string => `${names.get(id)} (${id})`;
