/** What Huawei Cloud's answers to a transfer inside an enterprise come to, and to what a member has. */
import { expect, test } from 'vitest';
import { testRole } from '../test-role.ts';
import { testPorts } from '../test-world.ts';
import { huaweiEnterpriseClient } from './huawei.ts';

const clientAnswered = (status: number, body: object) => {
  const http = async () => ({ status, headers: new Headers(), text: async () => JSON.stringify(body) });
  const issued = { url: 'http://cloud.test', accessKey: 'id', secretKey: 'secret', domainId: 'domain' };
  const ports = testPorts({} as never, http);
  return huaweiEnterpriseClient(testRole('provisioning', ports, { clouds: { 'huawei-cloud': issued } }));
};

test.each([
  { what: 'a transfer', status: 200, code: undefined, kind: 'granted' },
  { what: 'one that was done before', status: 400, code: 'CBC.99007009', kind: 'granted' },
  { what: 'one that another keeps waiting', status: 400, code: 'CBC.99007461', kind: 'retry' },
  { what: 'one without funds', status: 400, code: 'CBC.99005003', kind: 'refused' },
])('$what is $kind', async ({ status, code, kind }) => {
  const client = clientAnswered(status, code === undefined ? {} : { error_code: code, error_msg: '' });
  const grantable = { cloudAccountId: 'm1', amountMinor: 1000n, reference: 'ord_1', beforeMinor: 0n };
  expect(await client.grant(grantable, 'ord_1', false)).toMatchObject({ kind });
});

test.each([
  { rows: [{ avail_retrieve_amount: 10.3 }], reading: { kind: 'reading', amountMinor: 1030n } },
  { rows: [{ avail_retrieve_amount: 0 }], reading: { kind: 'reading', amountMinor: 0n } },
  { rows: [{ avail_retrieve_amount: 10.305 }], reading: { kind: 'unknown' } },
  { rows: [{ avail_retrieve_amount: -1 }], reading: { kind: 'unknown' } },
  { rows: [{}], reading: { kind: 'unknown' } },
  { rows: [null], reading: { kind: 'unknown' } },
  { rows: [{ avail_retrieve_amount: 1 }, { avail_retrieve_amount: 2 }], reading: { kind: 'unknown' } },
  { rows: undefined, reading: { kind: 'unknown' } },
])('$rows is $reading', async ({ rows, reading }) => {
  expect(await clientAnswered(200, { amount_infos: rows }).read('m1', false)).toMatchObject(reading);
});
