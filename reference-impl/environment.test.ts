import { expect, test } from 'vitest';
import { timesFor } from './config.ts';
import { environmentIn, variablesOf } from './environment.ts';

const complete = (role: Parameters<typeof variablesOf>[0]): Record<string, string> =>
  Object.fromEntries(
    variablesOf(role).map((name) => [name, name === 'CLOUDS' ? 'alibaba-cloud' : 'http://somewhere.test']),
  );

test('everything that is wrong is said at once', () => {
  const wrong = {
    API_TOKEN: '',
    WEBHOOK_URL: 'nowhere',
    STRIPE_WEBHOOK_URL: 'there',
    PORT: '70000',
    TIME_SCALE: 'fast',
  };
  const variables = { ...complete('api'), ...wrong };
  expect(environmentIn(variables, ['api'])).toEqual([
    'API_TOKEN is missing',
    'WEBHOOK_URL is not a URL',
    'PORT is not a port (0 to 65535, 0 = any free one)',
    'STRIPE_WEBHOOK_URL is not a URL',
    'TIME_SCALE is not a number from 1 up',
  ]);
});

test.each(['api', 'webhooks', 'provisioning', 'reconciliation'] as const)(
  '%s starts with its own variables alone',
  (role) => {
    expect(environmentIn(complete(role), [role])).toMatchObject({
      port: 0,
      host: '127.0.0.1',
      config: { times: timesFor(1) },
    });
  },
);

test('a provider is served once one of its variables is set, and then all of them are needed', () => {
  const variables = { ...complete('api'), STRIPE_SECRET_KEY: '', CLOUDS: 'alibaba-cloud, moon' };
  expect(environmentIn(variables, ['api'])).toEqual([
    'STRIPE_SECRET_KEY is missing',
    expect.stringContaining('CLOUDS names "moon"; known: alibaba-cloud'),
  ]);
  const alone = Object.entries(complete('webhooks')).filter(([name]) => !/^(ALIPAY|WECHAT)/.test(name));
  expect(environmentIn(Object.fromEntries(alone), ['webhooks'])).toMatchObject({
    config: { payments: { stripe: { webhookSecret: 'http://somewhere.test' } } },
  });
});

test('a provider reaches us by a way of its own where one is told, and else as all do', () => {
  const variables = { ...complete('api'), STRIPE_WEBHOOK_URL: '', ALIPAY_WEBHOOK_URL: 'http://own.test' };
  const told = environmentIn(variables, ['api']);
  expect(told).toMatchObject({ config: { webhookUrl: 'http://somewhere.test' } });
  expect('config' in told && [told.config.webhookUrls.alipay, told.config.webhookUrls.stripe]).toEqual([
    'http://own.test',
    undefined,
  ]);
});

test('no role is asked for what it does not need', () => {
  expect(variablesOf('provisioning').filter((name) => name.startsWith('ALIPAY'))).toEqual([]);
  expect(variablesOf('webhooks')).not.toContain('ALIPAY_APP_PRIVATE_KEY');
});

test('waits shrink with the time scale down to 20 ms, leases down to two seconds', () => {
  expect(timesFor(600)).toMatchObject({ webhookOverdueMs: 1000, sweepMs: 50, grantPollMs: 20, grantLeaseMs: 2000 });
  expect(() => timesFor(0.5)).toThrow(RangeError);
});
