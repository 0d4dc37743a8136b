/** What Huawei Cloud's answers to a transfer inside an enterprise come to. */
import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { soundParts } from '../parts.ts';
import { countersFor } from '../telemetry/counters.ts';
import { gaugesIn } from '../telemetry/gauges.ts';
import { testConfig, testPorts } from '../test-world.ts';
import { huaweiEnterpriseClient } from './huawei.ts';

test.each([
  { what: 'a transfer', status: 200, code: undefined, kind: 'granted' },
  { what: 'one that was done before', status: 400, code: 'CBC.99007009', kind: 'granted' },
  { what: 'one that another keeps waiting', status: 400, code: 'CBC.99007461', kind: 'retry' },
  { what: 'one without funds', status: 400, code: 'CBC.99005003', kind: 'refused' },
])('$what is $kind', async ({ status, code, kind }) => {
  const registry = new Registry();
  const text = JSON.stringify(code === undefined ? {} : { error_code: code, error_msg: '' });
  const http = async () => ({ status, headers: new Headers(), text: async () => text });
  const issued = { url: 'http://cloud.test', accessKey: 'id', secretKey: 'secret', domainId: 'domain' };
  const client = huaweiEnterpriseClient({
    config: { ...testConfig, clouds: { 'huawei-cloud': issued } },
    ports: testPorts({} as never, http),
    parts: soundParts,
    count: countersFor('provisioning', registry),
    show: gaugesIn(registry),
  });
  const grantable = { cloudAccountId: 'm1', amountMinor: 1000n, reference: 'ord_1', beforeMinor: 0n };
  expect(await client.grant(grantable, 'ord_1', false)).toMatchObject({ kind });
});
