import { expect, test } from 'vitest';
import { type Moment, noFaults, type OpenProvider } from '#harness/provider';
import { alipay } from './alipay/index.ts';
import { ask, order } from './alipay/test-calls.ts';
import { clockAtNewYear, step, testPorts } from './test-ports.ts';

/** Alipay on a stepped clock; each moment is noted with what its records say then. */
const listening = (fate: 'answer' | 'before' = 'answer') => {
  const clock = clockAtNewYear();
  const heard: string[] = [];
  let provider: OpenProvider | undefined;
  let posted = 0;
  const onMoment = ({ operation, reference, nth }: Moment): void => {
    const { calls, deliveries } = provider?.records() ?? { calls: [], deliveries: [] };
    const before = `${calls.length} answered, ${posted} posted, ${deliveries.length} back`;
    heard.push(`${operation} ${reference} ${nth}: ${before}`);
  };
  const site = { ...noFaults, onCall: () => fate, onMoment };
  const deliver = async () => {
    posted += 1;
    return { status: posted === 1 ? 500 : 200, body: 'success' };
  };
  provider = alipay.open(testPorts({ clock, wall: clock, site, deliver }));
  return { clock, provider, heard };
};

test('a call is told when done, before its answer leaves; a webhook on its way, and when taken', async () => {
  const { clock, provider, heard } = listening();
  ask(provider, 'precreate', order);
  expect(heard).toEqual(['alipay.trade.precreate T1 1: 0 answered, 0 posted, 0 back']);
  provider.pay?.('T1');
  await step(clock, 0);
  await step(clock, 0);
  expect(heard.slice(1)).toEqual([
    'webhook T1 1: 1 answered, 1 posted, 0 back',
    'webhook T1 2: 1 answered, 2 posted, 1 back',
    'acknowledgement T1 2: 1 answered, 2 posted, 2 back',
  ]);
});

test('a call that was never done is not told', () => {
  const { provider, heard } = listening('before');
  ask(provider, 'precreate', order);
  expect(heard).toEqual([]);
});
