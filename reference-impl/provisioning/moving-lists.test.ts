/** What is read of a cloud's lists that move between two pages: the truth, or nothing. */
import { describe, expect, test } from 'vitest';
import { testRole } from '../test-role.ts';
import { testPorts } from '../test-world.ts';
import { huaweiClient } from './huawei.ts';
import { tencentIntlClient } from './tencent.ts';

const clouds = {
  'huawei-cloud': { url: 'http://cloud.test', accessKey: 'id', secretKey: 'secret', domainId: 'domain' },
  'tencent-cloud': { url: 'http://cloud.test', secretId: 'id', secretKey: 'secret' },
};

/** Two rows more than the largest page has; ours is the first of the second page. */
const rows = Array.from({ length: 102 }, (_, nth) => ({ nth, remark: nth === 100 ? 'ours' : 'other' }));

/** A role whose cloud answers page `n`, from 0, without the newest `missing[n]` rows. */
const roleAt = (missing: readonly number[], pageOf: (url: string, body: string) => number, answerWith: AnswerWith) => {
  const ports = testPorts({} as never, async (url, { body = '' }) => {
    const page = pageOf(url, body);
    const known = rows.slice(missing[page] ?? 0);
    const text = JSON.stringify(answerWith(known.slice(page * 100, (page + 1) * 100), known.length));
    return { status: 200, headers: new Headers(), text: async () => text };
  });
  return testRole('provisioning', ports, { clouds });
};

type AnswerWith = (page: readonly (typeof rows)[number][], total: number) => object;

describe('Huawei Cloud, whose list is summed up by rows', () => {
  const read = (...missing: readonly number[]) => {
    const pageOf = (url: string) => Number(new URL(url).searchParams.get('offset')) / 100;
    const row = { operation_type: 'SOURCE_OPERATION_BEADJUST', amount: '1.00' };
    const role = roleAt(missing, pageOf, (page, total) => ({ records: page.map(() => row), total_count: total }));
    return huaweiClient(role).read('account', false);
  };

  test.each([
    { when: 'at rest', missing: [0, 0], reading: { kind: 'reading', amountMinor: 10_200n } },
    {
      when: 'grown by the second page',
      missing: [1, 0],
      reading: { kind: 'unknown', reason: 'the list grew meanwhile' },
    },
    { when: 'as a copy that lags has it', missing: [0, 1], reading: { kind: 'unknown' } },
  ])('$when', async ({ missing, reading }) => {
    expect(await read(...missing)).toMatchObject(reading);
  });
});

describe('Tencent Cloud, whose history is searched by pages', () => {
  const find = (...missing: readonly number[]) => {
    const pageOf = (_url: string, body: string) => Number((JSON.parse(body) as { Page: number }).Page) - 1;
    const role = roleAt(missing, pageOf, (page, total) => ({
      Response: { RequestId: 'r', Total: total, History: page.map(({ remark }) => ({ Remark: remark })) },
    }));
    return tencentIntlClient(role).find?.('7', 'ours');
  };

  test.each([
    { when: 'at rest', missing: [0, 0], sighting: { kind: 'found' } },
    { when: 'grown by the second page', missing: [1, 0], sighting: { kind: 'found' } },
    { when: 'as a copy that lags has it, where the grant slips past', missing: [0, 1], sighting: { kind: 'unknown' } },
  ])('$when', async ({ missing, sighting }) => {
    expect(await find(...missing)).toMatchObject(sighting);
  });
});
