/** The roles of the service on a test database, with the requests that its tests make. */
import type { Pool } from 'pg';
import type { Config } from './config.ts';
import { type Parts, soundParts } from './parts.ts';
import { type Role, roleNames } from './roles.ts';
import { createTopUpService, type TopUpService } from './service.ts';
import { stubProviders } from './test-providers.ts';
import { beginMs, testConfig, testPorts } from './test-world.ts';

/** A create request that is right; tests change what they are about. */
export const orderBody = { walletId: 'wallet-1', cloudAccountId: 'cloud-1', amountMinor: 1000, currency: 'CNY' };

/** All roles over `as(role)`, all composed from `parts`. */
export const startService = (as: (role: string) => Pool, parts: Parts = soundParts, config: Config = testConfig) => {
  const providers = stubProviders();
  let nowMs = beginMs;
  const clock = { nowMs: () => nowMs };
  const compose = (role: Role): TopUpService =>
    createTopUpService({ role, config, ports: testPorts(as(role), providers.http, clock), parts });
  const services = Object.fromEntries(roleNames.map((role) => [role, compose(role)])) as Record<Role, TopUpService>;
  const send = (role: Role, path: string, init: RequestInit = {}): Promise<Response> =>
    services[role].fetch(new Request(`http://test${path}`, init));
  const authorization = 'Bearer token';
  const post = (key: string | undefined, body: unknown = orderBody): Promise<Response> =>
    send('api', '/v1/orders', {
      method: 'POST',
      headers: { authorization, ...(key === undefined ? {} : { 'idempotency-key': key }) },
      body: JSON.stringify(body),
    });
  return {
    ...providers,
    services,
    send,
    post,
    /** Lets time pass outside of the database. */
    pass: (byMs: number): void => {
      nowMs += byMs;
    },
    /** Creates an order and returns its id. */
    create: async (key: string, body: unknown = orderBody): Promise<string> =>
      ((await (await post(key, body)).json()) as { id: string }).id,
    show: async (orderId: string): Promise<{ state: string; hold: string | null }> =>
      (await (await send('api', `/v1/orders/${orderId}`, { headers: { authorization } })).json()) as {
        state: string;
        hold: string | null;
      },
    confirm: (orderId: string): Promise<Response> =>
      send('api', `/v1/orders/${orderId}/confirm`, { method: 'POST', headers: { authorization } }),
    notify: (notice: URLSearchParams | string): Promise<Response> =>
      send('webhooks', '/webhooks/alipay', {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: notice.toString(),
      }),
    /** Runs the named job once. */
    run: async (role: Role, name: string): Promise<number> =>
      (await services[role].jobs.find((job) => job.name === name)?.run())?.did ?? Number.NaN,
    /** The value of one series of the role, or undefined. */
    metric: async (role: Role, series: string): Promise<number | undefined> => {
      const page = await (await send(role, '/metrics')).text();
      const line = page.split('\n').find((candidate) => candidate.startsWith(`${series} `));
      return line === undefined ? undefined : Number(line.slice(series.length + 1));
    },
  };
};
