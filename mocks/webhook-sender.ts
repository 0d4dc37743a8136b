/** Sends a provider's webhooks: the first attempt, its documented retries, and the copies that a fault asks for. */
import type { Clock } from '#harness/clock';
import type { Delivery, OutgoingWebhook, ProviderPorts, WebhookAnswer } from '#harness/provider';

/** A webhook to be sent. `encode` is asked once per attempt, so that a retry may carry its own date and signature. */
export interface Webhook {
  readonly url: string;
  readonly reference: string;
  readonly eventId: string;
  readonly encode: () => Pick<OutgoingWebhook, 'headers' | 'body'>;
}

/** How one provider delivers: the pause before each retry, counted from the failed attempt, and what ends them. */
export interface DeliveryPolicy {
  readonly retryAfterS: readonly number[];
  /** As `OutgoingWebhook.answerWithinMs`. */
  readonly answerWithinMs?: number;
  readonly acknowledged: (answer: WebhookAnswer) => boolean;
}

/** The open end of a provider's webhooks. `deliveries` grows in order of the answers. */
export interface WebhookSender {
  readonly deliveries: readonly Delivery[];
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

/** Timers on any clock that can be counted, and cancelled together for good. */
const openTimers = () => {
  const pending = new Set<() => void>();
  let stopped = false;
  return {
    count: (): number => pending.size,
    later: (on: Clock, delayMs: number, run: () => void): void => {
      if (stopped) return;
      const cancel = on.after(delayMs, () => {
        pending.delete(cancel);
        run();
      });
      pending.add(cancel);
    },
    stop: (): void => {
      stopped = true;
      for (const cancel of pending) cancel();
      pending.clear();
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
  const { url: _url, headers: _headers, body: _sent, answerWithinMs: _within, ...sent } = webhook;
  return { provider, ...sent, status, ...(body && { answer: body.slice(0, answerLengthMax) }) };
};

/** Attempts follow `ports.clock`; copies follow `ports.wall`, repeat the first attempt's bytes and are not retried. */
export const openWebhookSender = (provider: string, ports: ProviderPorts, policy: DeliveryPolicy): WebhookSender => {
  const { clock, wall, site } = ports;
  const deliveries: Delivery[] = [];
  const timers = openTimers();
  const { later } = timers;
  const waiters = openWaiters(wall);
  const newest = new Map<string, Webhook>();
  const patience = policy.answerWithinMs === undefined ? {} : { answerWithinMs: policy.answerWithinMs };
  let underWay = 0;
  const post = async (webhook: OutgoingWebhook, refused?: () => void): Promise<void> => {
    underWay += 1;
    const sentMs = wall.nowMs();
    const answer = await departing(ports, webhook);
    const acknowledged = policy.acknowledged(answer);
    deliveries.push({ ...deliveryOf(provider, webhook, answer), sentMs, answeredMs: wall.nowMs(), acknowledged });
    if (webhook.forged === undefined) waiters.tell(webhook.reference);
    if (acknowledged) tellOf('acknowledgement', ports, webhook);
    // The retry is scheduled before the attempt stops counting, so that `idle` has no gap between the two.
    if (!acknowledged) refused?.();
    underWay -= 1;
  };

  const attempt = (webhook: Webhook, nth: number): OutgoingWebhook => {
    const { url, reference, eventId } = webhook;
    newest.set(reference, webhook);
    const outgoing = { url, reference, eventId, attempt: nth, ...patience, ...webhook.encode() };
    void post(outgoing, () => {
      const pauseS = policy.retryAfterS[nth - 1];
      if (pauseS !== undefined) later(clock, pauseS * 1_000, () => attempt(webhook, nth + 1));
    });
    return outgoing;
  };

  return {
    deliveries,
    send: (webhook, afterMs = 0) => {
      const fate = site.onWebhook({ reference: webhook.reference, eventId: webhook.eventId });
      if (fate.lost) return;
      later(clock, afterMs, () => {
        const first = attempt(webhook, 1);
        for (const copyAfterMs of fate.copiesAfterMs) {
          later(wall, copyAfterMs, () => void post({ ...first, attempt: 0 }));
        }
      });
    },
    sendForged: ({ encode, ...webhook }, afterMs) =>
      later(wall, afterMs, () => void post({ ...webhook, ...encode(), attempt: 0 })),
    resend: (reference) => {
      const webhook = newest.get(reference);
      if (webhook === undefined) return false;
      const { url, eventId } = webhook;
      later(clock, 0, () => void post({ url, reference, eventId, attempt: 0, ...patience, ...webhook.encode() }));
      return true;
    },
    heard: waiters.wait,
    idle: () => underWay === 0 && timers.count() === 0,
    stop: timers.stop,
  };
};
