import { expect, test } from 'vitest';
import { systemClock } from '#harness/clock';
import { huaweiCloud } from './huawei-cloud/index.ts';
import { operations } from './huawei-cloud/quirks.ts';
import { clientOf } from './huawei-cloud/test-sdk.ts';
import { clockAtNewYear, testPorts } from './test-ports.ts';
import { openWay } from './test-way.ts';

const way = openWay();

test('tells of the last call alone whether it has granted', async () => {
  const provider = huaweiCloud.open(testPorts({ clock: clockAtNewYear(), wall: systemClock }));
  const client = clientOf({ provider, url: await way.leadTo(provider) });
  const adjust = (amount: number) =>
    client.call(operations.adjust, { data: { customer_id: 'c1', amount }, partnerId: 'p1' });
  expect(way.hasGranted()).toBe(false);
  await adjust(10);
  expect(way.hasGranted()).toBe(true);
  await expect(adjust(0)).rejects.toMatchObject({ errorCode: 'CBC.0100' });
  expect(way.hasGranted()).toBe(false);
});
