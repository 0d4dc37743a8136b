import { describe, expect, test } from 'vitest';
import { type Attachment, attachmentProblems, productionSigns } from '../attachment.ts';
import type { Opened } from '../world.ts';
import { attached } from './attached.ts';

const fit: Attachment = {
  environment: 'staging of the shop',
  tenants: ['topple-'],
  apiUrl: 'http://shop.test:8080',
  mockUrls: { alipay: 'http://127.0.0.1:9' },
  toxiproxyUrl: 'http://localhost:9',
  metricsUrls: { shop: 'http://shop.test:8080/metrics' },
  ledgerUrl: 'postgres://auditor@127.0.0.1:9/shop',
  sessionsUrl: 'postgres://watcher@127.0.0.1:9/shop',
  timeScale: 600,
};

const opened = (attachment?: Attachment): Opened =>
  ({ target: { id: 'shop', roles: ['shop'] }, ...(attachment && { attachment }) }) as unknown as Opened;
const doors = {} as never;

test('one that fits has no problem, and no sign of production', () => {
  expect([attachmentProblems(fit, ['shop']), productionSigns(fit)]).toEqual([[], []]);
});

test.each(['http://delivery.test', 'http://product-deliveries.shop.test/products', 'http://alive.test/delivered'])(
  '%s sounds like a shop, and not like production',
  (apiUrl) => expect(productionSigns({ ...fit, apiUrl })).toEqual([]),
);

test.each([
  ['an environment of that name', { environment: 'Production EU' }, 'environment is "Production EU"'],
  ['a host of that name', { apiUrl: 'https://api.prod.shop.test' }, 'apiUrl is "api.prod.shop.test/"'],
  ['a database of that name', { ledgerUrl: 'postgres://a@127.0.0.1/shop_live' }, 'ledgerUrl is "127.0.0.1/shop_live"'],
  ['one among words that are harmless', { apiUrl: 'http://delivery.live.shop.test' }, 'apiUrl is "delivery.live'],
  ['a scrape of that name', { metricsUrls: { shop: 'http://prd-1.test/metrics' } }, 'metricsUrls.shop'],
])('%s is refused', async (_, change, sign) => {
  await expect(attached.open(doors, opened({ ...fit, ...change }))).rejects.toMatchObject({
    code: 'sounds-like-production',
    exitCode: 2,
    message: expect.stringContaining(sign),
  });
});

describe('what cannot be used is told with its place', () => {
  test.each([
    [{ environment: ' ' }, 'attachment.environment is not a text'],
    [{ tenants: [] }, 'attachment.tenants is not a list of 3 to 16 letters, digits, _ or - each'],
    [{ tenants: ['t%'] }, 'attachment.tenants is not a list of 3 to 16 letters, digits, _ or - each'],
    [{ apiUrl: 'shop' }, 'attachment.apiUrl is not a URL'],
    [{ webhookUrls: { stripe: 'here' } }, 'attachment.webhookUrls.stripe is not a URL'],
    [{ metricsUrls: {} }, 'attachment.metricsUrls.shop is missing'],
    [{ timeScale: 0 }, 'attachment.timeScale is not a number from 1 up'],
    [
      { toxiproxyUrl: 'http://10.1.2.3:8474' },
      'attachment.toxiproxyUrl is not on loopback: it changes what the system meets',
    ],
    [
      { mockUrls: { alipay: 'http://mocks.test' } },
      'attachment.mockUrls.alipay is not on loopback: it changes what the system meets',
    ],
  ])('%j', async (change, problem) => {
    expect(attachmentProblems({ ...fit, ...change }, ['shop'])).toEqual([problem]);
    await expect(attached.open(doors, opened({ ...fit, ...change }))).rejects.toMatchObject({ code: 'bad-config' });
  });

  test('also when there is none', async () => {
    await expect(attached.open(doors, opened())).rejects.toMatchObject({ code: 'bad-config' });
  });
});

test('a provider of the run of which no mock is attached is named', async () => {
  const world = await attached.open(doors, opened(fit));
  const run = { target: opened().target, providers: [{ id: 'alipay' }, { id: 'moon' }], elsewhere: {} } as never;
  await expect(world.start(run)).rejects.toMatchObject({
    code: 'cannot-host',
    exitCode: 2,
    why: 'attachment.mockUrls names no mock of moon.',
  });
});

test('a system that is not there is told by the address at which it was looked for', async () => {
  const world = await attached.open(doors, opened(fit));
  const run = { target: { ...opened().target, database: {} }, providers: [], elsewhere: {} } as never;
  await expect(world.start(run)).rejects.toMatchObject({
    code: 'not-reached',
    exitCode: 4,
    message: 'Nothing usable answers at attachment.toxiproxyUrl, http://localhost:9.',
  });
});
