/** A generic payment provider: a JSON API of public drafts and standards, notices as Standard Webhooks has them. */
import { mockErrors } from '#harness/mock-errors';
import { defineProvider, type OpenProvider, type ProviderPorts } from '#harness/provider';
import { openProvider } from '../open-provider.ts';
import { openByHand } from './by-hand.ts';
import { strangersTo, tampersWith } from './forge.ts';
import { openKeys } from './idempotency.ts';
import { loadKeys } from './keys.ts';
import { openNotices } from './notices.ts';
import { account, currencies, noticeTypes, operations, retiringMs } from './quirks.ts';
import { openRoutes } from './routes.ts';
import { issuedBy, openKeyRing } from './sign.ts';
import { spoils } from './spoils.ts';
import { openIds, openPayments, type Payment, statusOf } from './states.ts';
import { openTill } from './till.ts';

const open = (ports: ProviderPorts): OpenProvider => {
  const { clock, wall, site } = ports;
  const makeId = openIds(clock.nowMs);
  const payments = openPayments(makeId);
  const ring = openKeyRing({ nowMs: clock.nowMs, retiringMs, first: loadKeys(ports.keysDir) });
  const makeRing = (name: string) => openKeyRing({ nowMs: clock.nowMs, retiringMs, name });
  const notices = openNotices(ports, makeId, (rings) => tampersWith(wall, rings));
  const tampers = tampersWith(wall, () => notices.endpoints.map((endpoint) => endpoint.ring));
  const keys = openKeys(clock);
  const till = openTill(ports, payments, notices, strangersTo(site, ports, { notices, makeId }));

  /** The newest payment of a reference, or the one of that id. */
  const known = (reference: string): Payment | undefined => payments.of(reference).at(-1) ?? payments.byId(reference);
  const find = (reference: string): Payment => {
    const payment = known(reference);
    if (payment === undefined) throw mockErrors.unknownReference('standard-webhooks', reference);
    return payment;
  };
  const byHand = openByHand({ payments, till, notices, ring, tampers, find });

  const provider = openProvider({
    provider: standardWebhooks,
    ports,
    identity: { ...account, ...issuedBy(ring) },
    route: openRoutes({ payments, till, notices, keys, ring, makeRing, nowMs: clock.nowMs }),
    payments: till.captured,
    webhooks: notices.sender,
    pay: (reference) => byHand.deeds.pay?.(reference),
    canPay: (reference) => {
      const payment = known(reference);
      return payment !== undefined && statusOf(payment) === 'pending';
    },
    byHand,
    spoils,
    queries: [operations.readPayment, operations.listPayments],
  });
  return {
    ...provider,
    subscribe: (webhookUrl) => void notices.addEndpoint(webhookUrl, [noticeTypes.succeeded], () => ring),
    handle: (call) => {
      const answer = provider.handle(call);
      if (!('cut' in answer) && answer.held !== undefined) keys.holdUntil(call, answer.held);
      return answer;
    },
  };
};

/** Payments, refunds and webhook endpoints of one merchant; `v1` and `v1a` signatures, and secrets that rotate. */
export const standardWebhooks = defineProvider({
  id: 'standard-webhooks',
  serves: 'payment',
  docs: 'https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md',
  operations: Object.values(operations),
  steps: [
    { step: 'ask for payment', operation: operations.createPayment, currencies },
    { step: 'look at payment', operation: operations.listPayments },
  ],
  open,
});
