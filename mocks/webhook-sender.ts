/** Sends a provider's webhooks: the first attempt, its documented retries, and the copies that a fault asks for. */
import type { Clock } from '#harness/clock';
import type {
  ByHand,
  Delivery,
  OutgoingWebhook,
  ProviderPorts,
  WebhookAnswer,
  WebhookBytes,
  WebhookFate,
} from '#harness/provider';
import { openNewest } from './newest.ts';
import { openTimers } from './timers.ts';
import { bytesOf, half, openOvertaken } from './webhook-fates.ts';

/** A webhook to be sent. */
export interface Webhook {
  readonly url: string;
  readonly reference: string;
  readonly eventId: string;
  /** As `OutgoingWebhook.type`. */
  readonly type?: string;
  /**
   * Is asked once per attempt, so that a retry may carry its own date and signature. With one of the provider's
   * falsehoods it says that, signed as if it were true.
   */
  readonly encode: (falsehood?: string) => WebhookBytes;
  /** The same fact under an id of its own; left out where the provider numbers facts, not webhooks. */
  readonly renumbered?: (nth: number) => Webhook;
}

/** How one provider delivers: the pause before each retry, counted from the failed attempt, and what ends them. */
export interface DeliveryPolicy {
  readonly retryAfterS: readonly number[];
  /** How long really, of what the schedule says: chance, or what the receiver asked for; left out: so long. */
  readonly pauseMs?: (scheduledMs: number, answer: WebhookAnswer, eventId: string, nth: number) => number;
  /** As `OutgoingWebhook.answerWithinMs`. */
  readonly answerWithinMs?: number;
  readonly acknowledged: (answer: WebhookAnswer) => boolean;
  /** Whether the receiver still takes webhooks, asked before each retry; left out: always. */
  readonly isWanted?: (url: string) => boolean;
  /** How a genuine webhook stops being authentic, beside `half`, which every webhook can be. */
  readonly tampers?: ByHand['tampers'];
  /** What `encode` may be asked to say wrong. */
  readonly falsehoods?: readonly string[];
}

/** The open end of a provider's webhooks. `deliveries` are in order of the answers, and no more than are recorded. */
export interface WebhookSender {
  readonly deliveries: readonly Delivery[];
  readonly tampers: readonly string[];
  readonly falsehoods: readonly string[];
  /** The first attempt leaves `afterMs` of the provider's time from now; left out: at once. */
  send(webhook: Webhook, afterMs?: number): void;
  /** Sends one once, `afterMs` from now, and not as the provider: it has no retries, and no fault changes it. */
  sendForged(webhook: Webhook & Required<Pick<OutgoingWebhook, 'forged'>>, afterMs: number): void;
  /** Sends the newest webhook about `reference` once more, without retries; false when there is none. */
  resend(reference: string): boolean;
  /** Resolves when the provider's next webhook about `reference` was answered, or after `withinMs` of real time. */
  heard(reference: string, withinMs: number): Promise<void>;
  /** True when nothing is under way or scheduled. */
  idle(): boolean;
  /** Cancels what is scheduled; an answer that is still awaited is recorded and has no retry. */
  stop(): void;
}

/** What is kept of an answer's body, in characters. */
const answerLengthMax = 500;

/** Those who wait until somebody tells of a name, or until their time is up. */
const openWaiters = (clock: Clock) => {
  const waiting = new Map<string, (() => void)[]>();
  return {
    wait: (name: string, withinMs: number): Promise<void> =>
      new Promise((resolve) => {
        const cancel = clock.after(withinMs, resolve);
        const told = (): void => {
          cancel();
          resolve();
        };
        waiting.set(name, [...(waiting.get(name) ?? []), told]);
      }),
    tell: (name: string): void => {
      for (const told of waiting.get(name) ?? []) told();
      waiting.delete(name);
    },
  };
};

/** A stranger's webhook is nobody's moment. */
const tellOf = (
  operation: string,
  { site }: ProviderPorts,
  { reference, attempt: nth, forged }: OutgoingWebhook,
): void => {
  if (forged === undefined) site.onMoment({ operation, reference, nth });
};

/** Sends it, and tells that it is on its way. */
const departing = (ports: ProviderPorts, webhook: OutgoingWebhook): Promise<WebhookAnswer> => {
  const answered = ports.deliver(webhook);
  tellOf('webhook', ports, webhook);
  return answered;
};

const deliveryOf = (provider: string, webhook: OutgoingWebhook, { status, body }: WebhookAnswer) => {
  const { headers: _headers, body: _sent, answerWithinMs: _within, ...sent } = webhook;
  return { provider, ...sent, status, ...(body && { answer: body.slice(0, answerLengthMax) }) };
};

const noHarm: WebhookFate = { lost: false, copiesAfterMs: [] };

/** Posts webhooks and records what came of each. */
const openPost = (provider: string, ports: ProviderPorts, acknowledges: DeliveryPolicy['acknowledged']) => {
  const { wall, recordsMax = () => Number.POSITIVE_INFINITY } = ports;
  const deliveries = openNewest<Delivery>(recordsMax);
  const waiters = openWaiters(wall);
  let underWay = 0;
  return {
    deliveries: deliveries.all,
    heard: waiters.wait,
    isQuiet: () => underWay === 0,
    post: async (webhook: OutgoingWebhook, refused?: (answer: WebhookAnswer) => void): Promise<void> => {
      underWay += 1;
      const sentMs = wall.nowMs();
      const answer = await departing(ports, webhook);
      const acknowledged = acknowledges(answer);
      deliveries.push({ ...deliveryOf(provider, webhook, answer), sentMs, answeredMs: wall.nowMs(), acknowledged });
      if (webhook.forged === undefined) waiters.tell(webhook.reference);
      if (acknowledged) tellOf('acknowledgement', ports, webhook);
      // The retry is scheduled before the attempt stops counting, so that `idle` has no gap between the two.
      if (!acknowledged) refused?.(answer);
      underWay -= 1;
    },
  };
};

/** Attempts by the schedule of `policy`, and whatever repeats the first one. */
const openAttempts = (
  { clock, wall }: ProviderPorts,
  policy: DeliveryPolicy,
  { later }: ReturnType<typeof openTimers>,
  post: ReturnType<typeof openPost>['post'],
) => {
  const newest = new Map<string, Webhook>();
  const tampers: ByHand['tampers'] = { ...policy.tampers, half };
  const patience = policy.answerWithinMs === undefined ? {} : { answerWithinMs: policy.answerWithinMs };
  const outgoingOf = (webhook: Webhook, nth: number, fate: WebhookFate): OutgoingWebhook => {
    const { url, reference, eventId, type } = webhook;
    const named = { url, reference, eventId, ...(type !== undefined && { type }) };
    return { ...named, attempt: nth, ...patience, ...bytesOf(webhook, nth, fate, tampers) };
  };
  const attempt = (webhook: Webhook, nth: number, fate: WebhookFate): OutgoingWebhook => {
    newest.set(webhook.reference, webhook);
    const outgoing = outgoingOf(webhook, nth, fate);
    const isWanted = (): boolean => policy.isWanted?.(webhook.url) ?? true;
    void post(outgoing, (answer) => {
      const pauseS = policy.retryAfterS[nth - 1];
      if (pauseS === undefined || !isWanted()) return;
      const scheduledMs = pauseS * 1_000;
      const pauseMs = policy.pauseMs?.(scheduledMs, answer, webhook.eventId, nth) ?? scheduledMs;
      later(clock, pauseMs, () => {
        if (isWanted()) attempt(webhook, nth + 1, fate);
      });
    });
    return outgoing;
  };
  return {
    tampers: Object.keys(tampers),
    newest,
    depart: (webhook: Webhook, fate: WebhookFate): void => {
      const first = attempt(webhook, 1, fate);
      const again = () => void post({ ...first, attempt: 0 });
      for (const [index, copyAfterMs] of fate.copiesAfterMs.entries()) {
        const other = fate.areCopiesRenumbered === true ? webhook.renumbered?.(index + 1) : undefined;
        later(wall, copyAfterMs, other === undefined ? again : () => attempt(other, 1, fate));
      }
      for (const replayAfterMs of fate.replaysAfterMs ?? []) later(clock, replayAfterMs, again);
    },
    again: (webhook: Webhook) => void post({ ...outgoingOf(webhook, 1, noHarm), attempt: 0 }),
  };
};

/** Attempts follow `ports.clock`; copies follow `ports.wall`, repeat the first attempt's bytes and are not retried. */
export const openWebhookSender = (provider: string, ports: ProviderPorts, policy: DeliveryPolicy): WebhookSender => {
  const { clock, wall, site } = ports;
  const timers = openTimers();
  const { later } = timers;
  const { deliveries, heard, isQuiet, post } = openPost(provider, ports, policy.acknowledged);
  const attempts = openAttempts(ports, policy, timers, post);
  const overtaken = openOvertaken((delayMs, run) => later(clock, delayMs, run));
  const depart = (webhook: Webhook, fate: WebhookFate): void => {
    attempts.depart(webhook, fate);
    overtaken.passed();
  };
  return {
    get deliveries() {
      return deliveries();
    },
    tampers: attempts.tampers,
    falsehoods: policy.falsehoods ?? [],
    send: (webhook, afterMs = 0) => {
      const fate = site.onWebhook({ reference: webhook.reference, eventId: webhook.eventId });
      if (fate.lost) return;
      later(clock, afterMs + (fate.lateMs ?? 0), () => {
        const { overtakenWithinMs } = fate;
        if (overtakenWithinMs === undefined) depart(webhook, fate);
        else overtaken.wait(overtakenWithinMs, () => depart(webhook, fate));
      });
    },
    sendForged: ({ encode, ...webhook }, afterMs) =>
      void later(wall, afterMs, () => void post({ ...webhook, ...encode(), attempt: 0 })),
    resend: (reference) => {
      const webhook = attempts.newest.get(reference);
      if (webhook !== undefined) later(clock, 0, () => attempts.again(webhook));
      return webhook !== undefined;
    },
    heard,
    idle: () => isQuiet() && timers.count() === 0,
    stop: timers.stop,
  };
};
