/** What all mock providers share: recording calls, asking the fault site, applying cuts. */
import { sleep } from '#harness/clock';
import type {
  ByHand,
  Call,
  CallFate,
  CapturedPayment,
  Cut,
  GrantedCredit,
  Misdeed,
  OpenProvider,
  Provider,
  ProviderCall,
  ProviderPorts,
  Reply,
} from '#harness/provider';
import { openNewest } from './newest.ts';
import { everySpoil, type Spoils } from './spoils.ts';
import { openTimers } from './timers.ts';
import type { WebhookSender } from './webhook-sender.ts';

/** What a provider makes of a call: the names that faults and records use, and the work, which never throws. */
export interface Route {
  readonly operation: string;
  readonly reference: string;
  /** Whether it comes from whom it names; left out: nobody has to prove anything. Has no effect. */
  readonly isAuthentic?: () => boolean;
  /**
   * `lagMs` is 0, or, for one of the `queries`, how old the knowledge is that it is answered from; `unseenCount`, for
   * one of the `lists`, how many of the newest entries the page does without.
   */
  readonly run: (lagMs: number, unseenCount: number) => Reply;
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
  readonly pay?: OpenProvider['pay'];
  /** Whether there is an order of this reference that is not paid yet. */
  readonly canPay?: (reference: string) => boolean;
  readonly byHand?: ByHand;
  /** Spoilt answers beside those that every provider can give. */
  readonly spoils?: Spoils;
  /** The operations whose `run` minds `lagMs`. */
  readonly queries?: readonly string[];
  /** The operations that have their effect once more with each call, see `OpenProvider.repeatsEffect`. */
  readonly repeated?: readonly string[];
  /** The operations whose `run` minds `unseenCount`. */
  readonly lists?: readonly string[];
}

/** Longest time that an answer is held back, in real time: less than any client's patience. */
const heldMsMax = 2_000;

const isCut = (answer: Reply | Cut): answer is Cut => 'cut' in answer;

/** Of every order, unless it is said how many are kept in mind. */
const every = (): number => Number.POSITIVE_INFINITY;

/** A reference that was asked about: how often, and when first. */
interface Sighting {
  nth: number;
  readonly firstMs: number;
}

/**
 * Tells how often an operation was asked with a reference, this time included, and when first. The newest `countMax`
 * references are known, and at most as many older ones: they are forgotten together, since a map that loses its oldest
 * entry each time walks over those that it lost before.
 */
const sightings = (countMax: () => number) => {
  let [newer, older] = [new Map<string, Sighting>(), new Map<string, Sighting>()];
  return (reference: string, nowMs: number): Sighting => {
    const known = newer.get(reference);
    const seen = known ?? older.get(reference) ?? { nth: 0, firstMs: nowMs };
    seen.nth += 1;
    if (known === undefined) {
      newer.set(reference, seen);
      if (newer.size >= countMax()) [newer, older] = [new Map(), newer];
    }
    return seen;
  };
};

/** What a call meets: what comes back, and what went wrong with it where that does not tell. */
interface Met {
  readonly answered: Reply | Cut;
  readonly misdeed?: string;
}

/**
 * The answer to a call that was spoilt; it is done at most once. Where there was nothing to spoil, or the provider
 * cannot go wrong like this, since a fault was taken to it from another, nothing was.
 */
const spoilt = (spoils: Spoils, { spoil, isDone }: Misdeed & { how: 'spoil' }, call: Call, run: () => Reply): Met => {
  let done: Reply | undefined;
  const genuine = (): Reply => {
    done ??= run();
    return done;
  };
  if (isDone) genuine();
  const answered = spoils[spoil]?.(call, genuine) ?? genuine();
  return answered === done ? { answered } : { answered, misdeed: spoil };
};

/** What becomes of calls, one after the other. */
const openFates = ({ ports, webhooks, ...parts }: ProviderParts, spoils: Spoils) => {
  const { clock, wall } = ports;
  const timers = openTimers();

  /** Lets the buyer pay, and holds the answer until the webhook about it was answered; not so when it was refused. */
  const hold = (reply: Reply, reference: string): Reply => {
    // The order may be there from before, and what is refused may come from a stranger: that pays nothing.
    if (reply.status >= 400 || reply.isRefusal) return reply;
    if (parts.canPay?.(reference) !== true || webhooks === undefined) return reply;
    const held = webhooks.heard(reference, heldMsMax);
    parts.pay?.(reference);
    return { ...reply, held };
  };

  const misdo = (misdeed: Misdeed, call: Call, { run }: Route, told: () => void): Met => {
    switch (misdeed.how) {
      case 'late':
        timers.later(clock, misdeed.afterMs, () => {
          run(0, 0);
          told();
        });
        return { answered: { cut: 'before' } };
      case 'slow':
        return { answered: { ...run(0, 0), held: sleep(wall, misdeed.afterMs) }, misdeed: misdeed.how };
      case 'stale':
        return { answered: run(misdeed.lagMs, 0), misdeed: misdeed.how };
      case 'moved':
        return { answered: run(0, misdeed.entries), misdeed: misdeed.how };
      case 'spoil':
        return spoilt(spoils, misdeed, call, () => run(0, 0));
      case 'twice':
        return { answered: run(0, 0), misdeed: misdeed.how };
    }
  };

  const answeredAs = (fate: CallFate & string, { run, reference }: Route): Reply | Cut => {
    if (fate === 'before') return { cut: 'before' };
    const reply = run(0, 0);
    if (fate === 'afterWebhook') return hold(reply, reference);
    if (fate === 'afterEffect') return { cut: 'afterEffect' };
    return fate === 'midBody' ? { cut: 'midBody', reply } : reply;
  };

  return {
    /** `told` is called when a call is done later than it was answered. */
    meet: (fate: CallFate, call: Call, route: Route, told: () => void): Met =>
      typeof fate === 'string' ? { answered: answeredAs(fate, route) } : misdo(fate, call, route, told),
    timers,
  };
};

/** Keeps what became of each call. */
const openCalls = (
  { provider, ports: { site, wall, recordsMax = every } }: ProviderParts,
  fates: ReturnType<typeof openFates>,
) => {
  const calls = openNewest<ProviderCall>(recordsMax);
  const unknown = sightings(recordsMax);
  const seenAgain = new Map(provider.operations.map((operation) => [operation, sightings(recordsMax)]));

  /** A call as it is now: where it stands in the records, and what its fate is. */
  const arrived = (route: Route) => {
    const startedMs = wall.nowMs();
    const known = seenAgain.get(route.operation);
    const isKnown = known !== undefined;
    const operation = isKnown ? route.operation : 'unknown';
    const { nth, firstMs } = (known ?? unknown)(route.reference, startedMs);
    const point = { operation, reference: route.reference, nth };
    return { point, startedMs, sinceFirstMs: startedMs - firstMs, isKnown };
  };

  const answer = (
    call: Call,
    route: Route,
    { point, startedMs, isKnown }: ReturnType<typeof arrived>,
    fate: CallFate,
  ) => {
    const told = () => site.onMoment(point);
    const { answered, misdeed } = fates.meet(fate, call, route, told);
    const isCutEarly = isCut(answered) && answered.cut === 'before';
    if (isKnown && !isCutEarly) told();
    const isLate = typeof fate !== 'string' && fate.how === 'late';
    const outcome: ProviderCall['outcome'] = isLate ? 'late' : isCut(answered) ? answered.cut : answered.status;
    const { operation, reference, nth } = point;
    // Written out, since this is done for each call: spreads would take longer than all that is recorded.
    const plain: ProviderCall = { provider: provider.id, operation, reference, nth, startedMs, outcome };
    const ended = misdeed === undefined ? plain : { ...plain, misdeed };
    const row = calls.push(ended);
    if (!isCut(answered) && answered.held !== undefined) {
      void answered.held.then(() => calls.replace(row, { ...ended, answeredMs: wall.nowMs() }));
    }
    return answered;
  };

  const handle = (call: Call, routeOf: () => Route): Reply | Cut => {
    const route = routeOf();
    const now = arrived(route);
    // What somebody was promised for the next call is not for a stranger's.
    const mayGoWrong = now.isKnown && (route.isAuthentic?.() ?? true);
    const fate = mayGoWrong ? site.onCall({ ...now.point, sinceFirstMs: now.sinceFirstMs }) : 'answer';
    if (typeof fate === 'string' || fate.how !== 'twice') return answer(call, route, now, fate);
    answer(call, route, now, 'afterEffect');
    const again = routeOf();
    return answer(call, again, arrived(again), fate);
  };
  return { calls, handle };
};

/** Joins the parts. Calls to an operation that the provider does not list are recorded as `unknown` and never cut. */
export const openProvider = (parts: ProviderParts): OpenProvider => {
  const { provider, webhooks } = parts;
  const spoils = { ...everySpoil, ...parts.spoils };
  const fates = openFates(parts, spoils);
  const { calls, handle } = openCalls(parts, fates);
  return {
    id: provider.id,
    identity: parts.identity,
    failings: {
      operations: provider.operations,
      spoils: Object.keys(spoils),
      queries: parts.queries ?? [],
      lists: parts.lists ?? [],
      falsehoods: webhooks?.falsehoods ?? [],
      tampers: webhooks?.tampers ?? [],
    },
    handle: (call) => handle(call, () => parts.route(call)),
    repeatsEffect: (call) => parts.repeated?.includes(parts.route(call).operation) ?? false,
    records: () => ({
      payments: [...(parts.payments ?? [])],
      grants: [...(parts.grants ?? [])],
      calls: calls.all(),
      deliveries: [...(webhooks?.deliveries ?? [])],
    }),
    idle: () => (webhooks?.idle() ?? true) && fates.timers.count() === 0,
    stop: () => {
      webhooks?.stop();
      fates.timers.stop();
    },
    ...(parts.pay && { pay: parts.pay }),
    ...(parts.byHand && { byHand: parts.byHand }),
  };
};
