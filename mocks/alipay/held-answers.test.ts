import { expect, test } from 'vitest';
import { type CallFate, noFaults, type Reply } from '#harness/provider';
import { clockAtNewYear, step, testPorts } from '../test-ports.ts';
import { alipay } from './index.ts';
import { ask, order } from './test-calls.ts';

/** A provider that holds the answer to precreate; webhooks are answered when `answer` is called. */
const holding = () => {
  const clock = clockAtNewYear();
  const replies: Reply[] = [];
  let answer = (): void => {};
  const answered = new Promise<{ status: number; body: string }>((resolve) => {
    answer = () => resolve({ status: 200, body: 'success' });
  });
  const fate = ({ operation }: { operation: string }): CallFate =>
    operation.endsWith('precreate') ? 'afterWebhook' : 'answer';
  const site = { ...noFaults, onCall: fate };
  const provider = alipay.open(testPorts({ clock, wall: clock, site, deliver: () => answered }));
  const handle: typeof provider.handle = (call) => {
    const reply = provider.handle(call);
    if (!('cut' in reply)) replies.push(reply);
    return reply;
  };
  ask({ ...provider, handle }, 'precreate', order);
  let isHeld = true;
  void replies[0]?.held?.then(() => {
    isHeld = false;
  });
  return { clock, provider, answer, isHeld: () => isHeld };
};

test('an answer is held until the webhook about the payment that it allowed was answered', async () => {
  const { clock, provider, answer, isHeld } = holding();
  expect(provider.records().payments).toMatchObject([{ reference: 'T1', amountMinor: 1000n }]);
  await step(clock, 500);
  expect(isHeld()).toBe(true);
  expect(provider.records().calls[0]?.answeredMs).toBeUndefined();
  answer();
  await step(clock, 0);
  expect(isHeld()).toBe(false);
  const { calls, deliveries } = provider.records();
  expect(deliveries).toMatchObject([{ attempt: 1, acknowledged: true }]);
  expect(calls[0]?.answeredMs).toBe(deliveries[0]?.answeredMs);
});

test('nothing is held for ever', async () => {
  const { clock, isHeld } = holding();
  await step(clock, 2_000);
  expect(isHeld()).toBe(false);
});

test('what is paid already is answered at once', () => {
  const { provider } = holding();
  expect(ask(provider, 'precreate', order)).toMatchObject({ sub_code: 'ACQ.TRADE_HAS_SUCCESS' });
  expect(provider.records().payments).toHaveLength(1);
});
