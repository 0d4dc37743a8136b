/** Ports for the tests of the mocks. */
import { type SteppedClock, steppedClock, systemClock } from '#harness/clock';
import { noFaults, type OutgoingWebhook, type ProviderPorts, type WebhookAnswer } from '#harness/provider';
import { randomFrom } from '#harness/seed';

/** Real time, no faults, and webhooks that nobody answers, unless `given` says otherwise. */
export const testPorts = (given: Partial<ProviderPorts> = {}): ProviderPorts => ({
  clock: systemClock,
  wall: systemClock,
  random: randomFrom('test'),
  site: noFaults,
  deliver: async () => ({ status: 0, body: '' }),
  ...given,
});

/** A `deliver` that keeps what is sent and gives the next of `answers`, the last one again and again. */
export const recordingDelivery = (...answers: WebhookAnswer[]) => {
  const sent: OutgoingWebhook[] = [];
  const deliver = async (webhook: OutgoingWebhook): Promise<WebhookAnswer> => {
    sent.push(webhook);
    return answers[Math.min(sent.length, answers.length) - 1] ?? { status: 0, body: '' };
  };
  return { sent, deliver };
};

/** Advances and lets every promise that was waiting for it go on. */
export const step = async (clock: SteppedClock, byMs: number): Promise<void> => {
  clock.advance(byMs);
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
};

/** Stands at a fixed moment, 2026-01-01 00:00:00 UTC. */
export const clockAtNewYear = (): SteppedClock => steppedClock(1_767_225_600_000);
