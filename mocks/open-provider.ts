/** What all mock providers share: recording calls, asking the fault site, applying cuts. */
import type {
  ByHand,
  Call,
  CallFate,
  CapturedPayment,
  Cut,
  GrantedCredit,
  OpenProvider,
  Provider,
  ProviderCall,
  ProviderPorts,
  Reply,
} from '#harness/provider';
import type { WebhookSender } from './webhook-sender.ts';

/** What a provider makes of a call: the names that faults and records use, and the work, which never throws. */
export interface Route {
  readonly operation: string;
  readonly reference: string;
  readonly run: () => Reply;
}

/** The parts of one provider in operation. `route` has no effect: a call may be cut before it is run. */
export interface ProviderParts {
  readonly provider: Pick<Provider, 'id' | 'operations'>;
  readonly ports: ProviderPorts;
  readonly identity: Readonly<Record<string, string>>;
  readonly route: (call: Call) => Route;
  readonly payments?: readonly CapturedPayment[];
  readonly grants?: readonly GrantedCredit[];
  readonly webhooks?: WebhookSender;
  readonly pay?: (reference: string) => void;
  /** Whether there is an order of this reference that is not paid yet. */
  readonly canPay?: (reference: string) => boolean;
  readonly byHand?: ByHand;
}

/** Longest time that an answer is held back, in real time: less than any client's patience. */
const heldMsMax = 2_000;

const isCut = (answer: Reply | Cut): answer is Cut => 'cut' in answer;

/** Tells how often an operation was asked with a reference, this time included, and when first. */
const sightings = () => {
  const seen = new Map<string, { readonly nth: number; readonly firstMs: number }>();
  return (operation: string, reference: string, nowMs: number) => {
    const key = `${operation} ${reference}`;
    const { nth, firstMs } = seen.get(key) ?? { nth: 0, firstMs: nowMs };
    const now = { nth: nth + 1, firstMs };
    seen.set(key, now);
    return now;
  };
};

/** Joins the parts. Calls to an operation that the provider does not list are recorded as `unknown` and never cut. */
export const openProvider = (parts: ProviderParts): OpenProvider => {
  const { provider, ports, webhooks } = parts;
  const calls: ProviderCall[] = [];
  const seenAgain = sightings();

  /** Lets the buyer pay, and holds the answer until the webhook about it was answered; a refused call is not held. */
  const hold = (reply: Reply, reference: string): Reply => {
    if (parts.canPay?.(reference) !== true || webhooks === undefined) return reply;
    const held = webhooks.heard(reference, heldMsMax);
    parts.pay?.(reference);
    return { ...reply, held };
  };

  const answer = (fate: CallFate, reference: string, run: () => Reply): Reply | Cut => {
    if (fate === 'before') return { cut: 'before' };
    const reply = run();
    if (fate === 'afterWebhook') return hold(reply, reference);
    if (fate === 'afterEffect') return { cut: 'afterEffect' };
    return fate === 'midBody' ? { cut: 'midBody', reply } : reply;
  };

  return {
    id: provider.id,
    identity: parts.identity,
    handle: (call) => {
      const startedMs = ports.wall.nowMs();
      const route = parts.route(call);
      const known = provider.operations.includes(route.operation);
      const operation = known ? route.operation : 'unknown';
      const { nth, firstMs } = seenAgain(operation, route.reference, startedMs);
      const point = { operation, reference: route.reference, nth };
      const fate = known ? ports.site.onCall({ ...point, sinceFirstMs: startedMs - firstMs }) : 'answer';
      const answered = answer(fate, route.reference, route.run);
      if (known && !(isCut(answered) && answered.cut === 'before')) ports.site.onMoment(point);
      const outcome = isCut(answered) ? answered.cut : answered.status;
      const ended = { provider: provider.id, ...point, startedMs, outcome };
      const index = calls.push(ended) - 1;
      if (!isCut(answered) && answered.held !== undefined) {
        void answered.held.then(() => {
          calls[index] = { ...ended, answeredMs: ports.wall.nowMs() };
        });
      }
      return answered;
    },
    records: () => ({
      payments: [...(parts.payments ?? [])],
      grants: [...(parts.grants ?? [])],
      calls: [...calls],
      deliveries: [...(webhooks?.deliveries ?? [])],
    }),
    idle: () => webhooks?.idle() ?? true,
    stop: () => webhooks?.stop(),
    ...(parts.pay && { pay: parts.pay }),
    ...(parts.byHand && { byHand: parts.byHand }),
  };
};
