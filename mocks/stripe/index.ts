/** Stripe's API v1: bracketed forms, secret keys, idempotency keys, notices signed with an endpoint's secret. */
import { mockErrors } from '#harness/mock-errors';
import { defineProvider, type OpenProvider, type ProviderPorts } from '#harness/provider';
import { openProvider } from '../open-provider.ts';
import { openByHand } from './by-hand.ts';
import { openTestClocks } from './clocks.ts';
import { strangersTo, tampersWith } from './forge.ts';
import { openKeys } from './idempotency.ts';
import { openNotices } from './notices.ts';
import { account, operations } from './quirks.ts';
import { openRoutes } from './routes.ts';
import { spoilsWith } from './spoils.ts';
import { type Intent, openIds, openPayments } from './states.ts';
import { openTill } from './till.ts';

/** What a merchant who waits for payments asks to be told. */
const paidKind = 'payment_intent.succeeded';

const isPayable = (intent: Intent | undefined): boolean =>
  intent !== undefined && intent.status !== 'succeeded' && intent.status !== 'canceled';

const open = (ports: ProviderPorts): OpenProvider => {
  const { clock } = ports;
  const makeId = openIds(clock.nowMs);
  const orders = openPayments(makeId);
  const tampers = tampersWith(ports.wall);
  const notices = openNotices(ports, makeId, tampers);
  const keys = openKeys(clock);
  const till = openTill(ports, orders, notices, strangersTo(ports.site, ports, notices), makeId);

  const testClocks = openTestClocks(clock, makeId, (type, object) => notices.tell(type, object, ''));

  const find = (reference: string): Intent => {
    const intent = orders.find(reference);
    if (intent === undefined) throw mockErrors.unknownReference('stripe', reference);
    return intent;
  };
  const pay = (reference: string): void => {
    const intent = find(reference);
    if (intent.paid) return;
    if (!isPayable(intent)) throw mockErrors.notInThisState('pay', reference, intent.status);
    till.pay(intent, intent.method ?? 'pm_card_visa');
  };

  const provider = openProvider({
    provider: stripe,
    ports,
    identity: { ...account },
    route: openRoutes({ orders, till, notices, keys, testClocks, makeId, nowMs: clock.nowMs }),
    payments: till.payments,
    webhooks: notices.sender,
    pay,
    canPay: (reference) => isPayable(orders.find(reference)),
    byHand: openByHand({ orders, till, notices, tampers, ports, find, pay }),
    spoils: spoilsWith(keys),
    queries: [operations.listNotices],
    lists: [operations.listNotices, operations.listBalance, operations.listClocks],
  });
  return {
    ...provider,
    subscribe: (webhookUrl) => void notices.addEndpoint(webhookUrl, [paidKind]),
    handle: (call) => {
      const answer = provider.handle(call);
      if (!('cut' in answer) && answer.held !== undefined) keys.holdUntil(call, answer.held);
      return answer;
    },
  };
};

/** Payment intents, checkout sessions, refunds, notices and their list, webhook endpoints; one account in test mode. */
export const stripe = defineProvider({
  id: 'stripe',
  serves: 'payment',
  docs: 'https://docs.stripe.com/api',
  operations: Object.values(operations),
  steps: [
    { step: 'ask for payment', operation: operations.createIntent, currencies: ['CNY', 'USD'] },
    { step: 'look at payment', operation: operations.readIntent },
  ],
  open,
});
