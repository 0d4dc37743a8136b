/** Creates an order for a client's intent: durable first, then sent to the provider, answered the same way for ever. */
import { inTransaction } from '../db/transaction.ts';
import { type Claim, claimTakenKey, type KeyedRequest, type StoredAnswer } from '../idempotency/claim.ts';
import { fingerprintOf } from '../idempotency/key.ts';
import { type InitiateParts, initiatePayment } from './initiate-payment.ts';
import { insertOrder, orderNamed } from './order.ts';
import type { OrderRequest } from './order-request.ts';
import { shown } from './shown-order.ts';

/** The key belongs to the wallet: two customers may use the same text. */
const keyed = (key: string, request: OrderRequest): KeyedRequest => {
  const { walletId, cloudAccountId, amountMinor, currency, paymentProvider, cloud } = request;
  const terms = [walletId, cloudAccountId, String(amountMinor), currency, paymentProvider, cloud];
  return { scope: `wallet:${walletId}`, key, terms, fingerprint: fingerprintOf(terms) };
};

/** The buyer's wish, as the order remembers it. */
const intentOf = ({ scope, key }: KeyedRequest): string => `${scope}/${key}`;

/** In one transaction: the key, the order, and the decision to send it, so that nothing is sent that is not durable. */
const begin = async (parts: InitiateParts, keyedRequest: KeyedRequest, request: OrderRequest): Promise<Claim> => {
  const { ports, times, transition, idempotency } = parts;
  const orderId = ports.ids.orderId();
  const mine = await inTransaction(ports.db, async (client) => {
    if (!(await idempotency.take(client, keyedRequest, orderId, times.idempotencyLeaseMs))) return false;
    const deadlines = { initiateMs: times.initiationLeaseMs, queryMs: times.webhookOverdueMs };
    await insertOrder(client, { ...request, id: orderId, intent: intentOf(keyedRequest) }, deadlines);
    await transition(client, {
      orderId,
      from: ['CREATED'],
      to: 'PAYMENT_INITIATED',
      cause: 'initiation',
      reference: orderId,
    });
    return true;
  });
  if (mine) return { kind: 'mine', orderId };
  return claimTakenKey(ports.db, idempotency, keyedRequest, times.idempotencyLeaseMs);
};

/** How a create request ended. */
export type Created =
  | { readonly kind: 'created' | 'replayed'; readonly answer: StoredAnswer }
  | { readonly kind: 'in-progress' | 'conflict'; readonly orderId: string };

/** One order per key and wallet, however many requests come in, one after the other or at once. */
export const createOrder = async (parts: InitiateParts, key: string, request: OrderRequest): Promise<Created> => {
  const { db } = parts.ports;
  const keyedRequest = keyed(key, request);
  const claim = await begin(parts, keyedRequest, request);
  const results = { mine: 'miss', 'taken-over': 'taken_over', 'in-progress': 'in_progress', answered: 'hit' } as const;
  const result = claim.kind === 'conflict' ? 'conflict' : results[claim.kind];
  parts.count('topup_idempotency_lookups_total', { layer: 'http', result });
  if (claim.kind === 'answered') return { kind: 'replayed', answer: claim.answer };
  if (claim.kind === 'conflict' || claim.kind === 'in-progress') return { kind: claim.kind, orderId: claim.orderId };
  const order = await orderNamed(db, claim.orderId);
  // Taken over after the intent was answered: there is nothing left to send.
  if (order.state === 'PAYMENT_INITIATED') await initiatePayment(parts, order);
  const json = JSON.stringify(shown(await orderNamed(db, order.id)));
  return { kind: 'created', answer: await parts.idempotency.keep(db, keyedRequest, { status: 201, json }) };
};
