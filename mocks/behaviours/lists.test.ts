/** Lists that move between two pages, read with the vendors' SDKs: by numbers, by rows, by what came last. */
import { describe, expect, onTestFinished, test } from 'vitest';
import { noFaults, type OpenProvider, type ProviderPorts } from '#harness/provider';
import { alibabaCloud } from '../alibaba-cloud/index.ts';
import { operations as alibaba } from '../alibaba-cloud/quirks.ts';
import * as alibabaSdk from '../alibaba-cloud/test-sdk.ts';
import { operations as bank } from '../bank-transfer/quirks.ts';
import * as bankSdk from '../bank-transfer/test-sdk.ts';
import { openSocketDoor } from '../doors/socket.ts';
import { operations as huawei } from '../huawei-cloud/quirks.ts';
import * as huaweiSdk from '../huawei-cloud/test-sdk.ts';
import { providers } from '../index.ts';
import { operations as stripe } from '../stripe/quirks.ts';
import * as stripeSdk from '../stripe/test-sdk.ts';
import { operations as tencent } from '../tencent-cloud/quirks.ts';
import * as tencentSdk from '../tencent-cloud/test-sdk.ts';
import { clockAtNewYear, testPorts } from '../test-ports.ts';
import { openBehaviours } from './site.ts';

/** A list of five entries, `read` in pages of two; what it answers names each entry, the newest first. */
interface Listed {
  readonly provider: OpenProvider;
  read(): Promise<readonly string[]>;
}

type OpenList = (given: Partial<ProviderPorts>) => Promise<Listed>;

const [entries, pageRows] = [5, 2];
const five = [1, 2, 3, 4, 5];

/** Asks for pages until as many rows came as the list says that it has. */
const byPages = async (pageAt: (page: number) => Promise<{ rows: readonly string[]; total: number }>) => {
  const all: string[] = [];
  for (let page = 0; page < entries; page += 1) {
    const { rows, total } = await pageAt(page);
    all.push(...rows);
    if (all.length >= total) break;
  }
  return all;
};

const openHuawei =
  (version: 'records' | 'recordsV3'): OpenList =>
  async (given) => {
    const mock = await huaweiSdk.openMock(given);
    onTestFinished(mock.close);
    const client = huaweiSdk.clientOf(mock);
    for (const amount of five) await client.adjust('c1', amount);
    const offsetOf = (page: number): number => (version === 'records' ? page : page * pageRows);
    const read = () =>
      byPages(async (page) => {
        const answer = await client.records({ offset: offsetOf(page), limit: pageRows }, version);
        return { rows: answer.records.map(({ amount }) => String(Number(amount))), total: answer.total_count };
      });
    return { provider: mock.provider, read };
  };

const openTencent: OpenList = async (given) => {
  const clock = clockAtNewYear();
  const mock = await tencentSdk.openMock({ ...given, clock });
  onTestFinished(mock.close);
  const ask = tencentSdk.international(mock);
  const call: tencentSdk.CallOperation = (action, fields) => {
    clock.advance(1_000); // no more than five a second are let through
    return ask(action, fields);
  };
  for (const nth of five) await call(tencent.allocate, { ClientUin: 7, AddedCredit: 1, Remark: String(nth) });
  const read = () =>
    byPages(async (page) => {
      const { History, Total } = await call(tencent.history, { ClientUin: 7, Page: page + 1, PageSize: pageRows });
      return { rows: (History as { Remark: string }[]).map(({ Remark }) => Remark), total: Number(Total) };
    });
  return { provider: mock.provider, read };
};

const openAlibaba: OpenList = async (given) => {
  const provider = alibabaCloud.open(testPorts(given));
  const door = await openSocketDoor(provider);
  onTestFinished(door.close);
  const { accessKeyId = '', accessKeySecret = '', regionId = '' } = provider.identity;
  const endpoint = door.url.replace('http://', '');
  const { bss, core } = alibabaSdk;
  const config = { accessKeyId, accessKeySecret, regionId, endpoint, protocol: 'HTTP' };
  const client = new bss.default(new core.$OpenApiUtil.Config(config));
  const change = { ownerId: 7, adjustType: 'decrease', amount: '10', currency: 'CNY', businessType: 'b', source: 's' };
  for (const nth of five) {
    const asked = new bss.ChangeResellerConsumeAmountRequest({ ...change, outBizId: String(nth) });
    await client.changeResellerConsumeAmount(asked);
  }
  const read = () =>
    byPages(async (page) => {
      const asked = new bss.QueryAccountTransactionsRequest({ pageNum: page + 1, pageSize: pageRows });
      const { data } = (await client.queryAccountTransactions(asked)).body ?? {};
      const rows = data?.accountTransactionsList?.accountTransactionsList ?? [];
      return { rows: rows.map(({ recordID }) => recordID ?? ''), total: Number(data?.totalCount) };
    });
  return { provider, read };
};

const openStripe =
  (
    list: (sdk: stripeSdk.Opened['sdk']) => Promise<readonly string[]>,
    fill: (sdk: stripeSdk.Opened['sdk']) => unknown,
  ) =>
  async (given: Partial<ProviderPorts>): Promise<Listed> => {
    const mock = await stripeSdk.openMock(given);
    onTestFinished(mock.close);
    for (const _ of five) await fill(mock.sdk);
    return { provider: mock.provider, read: () => list(mock.sdk) };
  };

const paid = (sdk: stripeSdk.Opened['sdk']) =>
  sdk.paymentIntents.create({ ...stripeSdk.order, payment_method: 'pm_card_visa', confirm: true });
const limits = { limit: 100 };
const idsOf = (rows: readonly { id: string }[]): readonly string[] => rows.map(({ id }) => id);

const counted: Readonly<Record<string, { readonly operation: string; readonly open: OpenList }>> = {
  'huawei-cloud, version 2': { operation: huawei.records, open: openHuawei('records') },
  'huawei-cloud, version 3': { operation: huawei.recordsV3, open: openHuawei('recordsV3') },
  'tencent-cloud': { operation: tencent.history, open: openTencent },
  'alibaba-cloud': { operation: alibaba.transactions, open: openAlibaba },
};

const withCursor: typeof counted = {
  'stripe, events': {
    operation: stripe.listNotices,
    open: openStripe(async (sdk) => {
      const asked = { type: 'payment_intent.succeeded', limit: pageRows };
      return idsOf(await sdk.events.list(asked).autoPagingToArray(limits));
    }, paid),
  },
  'stripe, balance transactions': {
    operation: stripe.listBalance,
    open: openStripe(
      async (sdk) => idsOf(await sdk.balanceTransactions.list({ limit: pageRows }).autoPagingToArray(limits)),
      paid,
    ),
  },
  'stripe, test clocks': {
    operation: stripe.listClocks,
    open: openStripe(
      async (sdk) => idsOf(await sdk.testHelpers.testClocks.list({ limit: pageRows }).autoPagingToArray(limits)),
      (sdk) => sdk.testHelpers.testClocks.create({ frozen_time: 1_767_225_600 }),
    ),
  },
};

/** So many entries need a second page at the bank. */
const bankEntries = 21;

/** An account with the entries of a day that has ended, the oldest first; `next` asks for the page after another. */
const openBank =
  (query: string, next: (page: number, last: string) => string): OpenList =>
  async (given) => {
    const clock = clockAtNewYear();
    const { provider, identity, hand, ask } = await bankSdk.openApi({ ...given, clock });
    for (let nth = 1; nth <= bankEntries; nth += 1) {
      hand.order({ reference: `T${nth}`, amountMinor: BigInt(nth), webhookUrl: '' });
      hand.deeds.pay?.(`T${nth}`);
      hand.deeds.book?.(`T${nth}`);
    }
    clock.advance(2 * 86_400_000);
    const pageOf = async (more: string) => {
      const { text, isOfBank } = await ask(`/v1/accounts/${identity.ibanUSD}/${query}${more}`);
      expect(isOfBank).toBe(true);
      if (text.includes('/problems/no-such-page')) return { numbers: [], isLast: true };
      const numbers = (await bankSdk.readMessage(text)).statements[0]?.transactions.map(({ reference }) => reference);
      return { numbers: numbers ?? [], isLast: text.includes('<LastPgInd>true<') };
    };
    const read = async () => {
      const all: string[] = [];
      for (let page = 1; page <= bankEntries; page += 1) {
        const { numbers, isLast } = await pageOf(page === 1 ? '' : next(page, all.at(-1) ?? ''));
        all.push(...numbers.map(String));
        if (isLast) break;
      }
      return all;
    };
    return { provider, read };
  };

const byNumber = (page: number): string => `&page=${page}`;

const oldestFirst: typeof counted = {
  'transactions by page': { operation: bank.transactions, open: openBank('transactions?', byNumber) },
  'transactions behind the last entry': {
    operation: bank.transactions,
    open: openBank('transactions?', (_, last) => `entryReferenceFrom=${last}`),
  },
  'statements by page': { operation: bank.statement, open: openBank('statements?day=2026-01-01', byNumber) },
};

/** What is read of a list at rest, and of one that moves at the page after `skip` others. */
const readings = async ({ operation, open }: (typeof counted)[string], skip: number) => {
  const behaviours = openBehaviours(noFaults);
  const { provider, read } = await open({ site: behaviours.site });
  const atRest = await read();
  behaviours.add({ does: 'list-moves', operation, skip }, provider.failings);
  const moving = await read();
  expect(behaviours.list()).toMatchObject([{ hits: 1 }]);
  expect(provider.records().calls.filter(({ misdeed }) => misdeed === 'moved').length).toBe(1);
  const [first = ''] = atRest;
  return { atRest, moving, later: await read(), newest: first, twice: moving.length - new Set(moving).size };
};

test('every list of every provider stands here', () => {
  const all = Object.values(providers).flatMap((provider) => provider.open(testPorts()).failings.lists);
  const tables = [counted, withCursor, oldestFirst].flatMap((table) => Object.values(table));
  const here = new Set(tables.map(({ operation }) => operation));
  expect([...here].sort()).toEqual(all.sort());
});

describe.each(Object.entries(counted))('%s: who counts', (_, list) => {
  test('meets an entry twice when the list has grown by the second page', async () => {
    const { atRest, moving, newest, twice } = await readings(list, 0);
    expect(atRest.length).toBe(entries);
    expect(new Set(atRest).size).toBe(entries);
    expect(twice).toBe(1);
    expect(moving).not.toContain(newest);
  });

  test('misses an entry when the second page comes from a copy that lags', async () => {
    const { atRest, moving } = await readings(list, 1);
    expect(atRest.filter((one) => !moving.includes(one)).length).toBe(1);
  });
});

describe.each(Object.entries(withCursor))('%s: who goes on behind the last entry', (_, list) => {
  test('meets none twice, and misses what was not there yet', async () => {
    const { atRest, moving, newest, twice } = await readings(list, 0);
    expect(atRest.length).toBe(entries);
    expect(twice).toBe(0);
    expect(moving).toEqual(atRest.filter((one) => one !== newest));
  });

  test('misses none when the second page comes from a copy that lags', async () => {
    const { atRest, moving } = await readings(list, 1);
    expect(moving).toEqual(atRest);
  });
});

describe.each(Object.entries(oldestFirst))('bank-transfer, %s: who reads on to what is newest', (_, list) => {
  test.each([
    ['the first page says that it is the last', 0],
    ['the second page comes from a copy that has none', 1],
  ])('does without the newest when %s, meets none twice, and finds it the next time', async (_when, skip) => {
    const { atRest, moving, later, twice } = await readings(list, skip);
    expect(new Set(atRest).size).toBe(bankEntries);
    expect(twice).toBe(0);
    expect(moving).toEqual(atRest.slice(0, -1));
    expect(later).toEqual(atRest);
  });
});
