import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { steppedClock } from '../clock.ts';
import { seriesText } from './labels.ts';
import { createMatcher } from './matcher.ts';
import { queryAt } from './promql/evaluate.ts';
import { type ScrapeOptions, type Scraper, scrapeTargets } from './scrape.ts';
import { createStore, type SampleStore } from './store.ts';

const target = { job: 'topup', instance: 'api', url: 'http://api/metrics' };

/** A scraper whose pages the test answers by hand. */
const scene = (options: Partial<ScrapeOptions> = {}) => {
  const clock = steppedClock(0);
  const store = createStore();
  const answers: ((body: string | Error, status?: number) => void)[] = [];
  const fetchPage = (): Promise<{ status: number; body: string }> =>
    new Promise((resolve, reject) => {
      answers.push((body, status = 200) => (body instanceof Error ? reject(body) : resolve({ status, body })));
    });
  const scraper = scrapeTargets({ clock, store, targets: [target], fetchPage, intervalMs: 1_000, ...options });
  const scrapes = (): number => store.select([createMatcher('__name__', '=', 'up')])[0]?.points.length ?? 0;
  /** Answers the oldest open request and waits for the end of its scrape. */
  const answer = async (body: string | Error, status?: number): Promise<void> => {
    const before = scrapes();
    answers.shift()?.(body, status);
    await vi.waitUntil(() => scrapes() > before, { interval: 1 });
  };
  return { clock, store, answers, answer, scraper };
};

/** What a query for every series would see. */
const seen = (store: SampleStore, atMs: number): Record<string, number> => {
  const answer = queryAt('{job="topup"}', { store, atMs });
  if (answer.type !== 'vector') throw new TypeError('no vector');
  return Object.fromEntries(answer.samples.map(({ labels, value }) => [seriesText(labels), value]));
};

const own = '{instance="api",job="topup"}';

test('a page becomes series with job and instance, and up', async () => {
  const { clock, store, answer } = scene();
  clock.advance(250);
  await answer('paid_total{p="a"} 3\nlevel{job="x",instance="y"} 1');
  expect(seen(store, 0)).toEqual({
    'paid_total{instance="api",job="topup",p="a"}': 3,
    'level{exported_instance="y",exported_job="x",instance="api",job="topup"}': 1,
    [`up${own}`]: 1,
    [`scrape_duration_seconds${own}`]: 0.25,
  });
});

test('a series that left the page ends, the others go on', async () => {
  const { clock, store, answer } = scene();
  await answer('a 1\nb 1');
  clock.advance(1_000);
  await answer('b 2');
  expect(seen(store, 1_000)).toEqual({ [`b${own}`]: 2, [`up${own}`]: 1, [`scrape_duration_seconds${own}`]: 0 });
});

describe('a failed scrape ends every series of the target, says up 0, and is recorded', () => {
  test.each<{ when: string; body: string | Error; status?: number; code: string; message: string }>([
    { when: 'fetch rejects', body: new TypeError('fetch failed'), code: 'scrape-failed', message: 'fetch failed' },
    { when: 'the status is not 200', body: 'a 1', status: 503, code: 'scrape-failed', message: 'its status was 503' },
    { when: 'it is no metrics page', body: 'a 1\n<html>', code: 'not-metrics', message: 'line 2 is "<html>"' },
  ])('$when', async ({ body, status, code, message }) => {
    const { clock, store, answer, scraper } = scene();
    await answer('a 1');
    clock.advance(1_000);
    await answer(body, status);
    expect(seen(store, 1_000)).toEqual({ [`up${own}`]: 0, [`scrape_duration_seconds${own}`]: 0 });
    expect(scraper.failures).toMatchObject([{ target, atMs: 1_000, error: { code } }]);
    expect(scraper.failures[0]?.error.message).toContain(message);
    clock.advance(1_000);
    await answer('a 2');
    expect(seen(store, 2_000)).toMatchObject({ [`a${own}`]: 2, [`up${own}`]: 1 });
  });

  test('too late', async () => {
    const { clock, store, answer, scraper } = scene({ timeoutMs: 300 });
    clock.advance(300);
    await answer('a 1');
    expect(seen(store, 300)).toEqual({ [`up${own}`]: 0, [`scrape_duration_seconds${own}`]: 0.3 });
    expect(scraper.failures[0]?.error.message).toContain('no whole answer within 300 ms');
  });
});

test('scrapes of one target never overlap; a tick that finds one under way is skipped', async () => {
  const { clock, store, answers, answer } = scene({ timeoutMs: 5_000 });
  clock.advance(2_500);
  expect(answers).toHaveLength(1);
  await answer('a 1');
  clock.advance(500);
  expect(answers).toHaveLength(1);
  await answer('a 2');
  expect(store.select([])[0]?.points.map(({ timestampMs }) => timestampMs)).toEqual([0, 3_000]);
});

test('scrapeOnce waits for the scrape under way and then takes a fresh one', async () => {
  const { answers, scraper, store } = scene();
  const fresh = scraper.scrapeOnce();
  expect(answers).toHaveLength(1);
  answers.shift()?.('a 1');
  await vi.waitUntil(() => answers.length === 1, { interval: 1 });
  answers.shift()?.('a 2');
  await fresh;
  expect(seen(store, 0)).toMatchObject({ [`a${own}`]: 2 });
});

test('without an interval only scrapeOnce scrapes', async () => {
  const clock = steppedClock(0);
  const store = createStore();
  const fetchPage = async (): Promise<{ status: number; body: string }> => ({ status: 200, body: 'a 1' });
  const scraper = scrapeTargets({ clock, store, targets: [target], fetchPage });
  clock.advance(60_000);
  expect(store.select([])).toEqual([]);
  await scraper.scrapeOnce();
  expect(seen(store, 60_000)).toMatchObject({ [`a${own}`]: 1 });
});

test('stop ends the scrape under way without a trace', async () => {
  const { clock, store, answers, scraper } = scene();
  await scraper.stop();
  clock.advance(10_000);
  expect(answers).toHaveLength(1);
  expect(store.select([])).toEqual([]);
  expect(scraper.failures).toEqual([]);
});

describe('over HTTP', () => {
  const opened: { server: Server; scraper: Scraper }[] = [];
  afterEach(async () => {
    for (const { server, scraper } of opened.splice(0)) {
      await scraper.stop();
      if (server.listening) await new Promise((resolve) => server.close(resolve));
    }
  });

  const serve = async (listener: RequestListener) => {
    const server = createServer(listener);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`;
    const store = createStore();
    const scraper = scrapeTargets({ clock: steppedClock(0), store, targets: [{ ...target, url }] });
    opened.push({ server, scraper });
    return { server, scraper, store };
  };

  test('a page is read, over a connection that the server need not keep', async () => {
    let connection: string | undefined;
    const { scraper, store } = await serve((request, response) => {
      connection = request.headers.connection;
      response.end('a 1\n');
    });
    await scraper.scrapeOnce();
    expect(seen(store, 0)).toMatchObject({ [`a${own}`]: 1 });
    expect(connection).toBe('close');
  });

  test('an answer that breaks off is a failure, not a short page', async () => {
    const { scraper, store } = await serve((_, response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('a 1\n', () => response.destroy());
    });
    await scraper.scrapeOnce();
    expect(seen(store, 0)).toMatchObject({ [`up${own}`]: 0 });
  });

  test('a server that is gone is named with the reason', async () => {
    const { server, scraper } = await serve(() => {});
    await new Promise((resolve) => server.close(resolve));
    await scraper.scrapeOnce();
    expect(scraper.failures[0]?.error.message).toMatch(/gave no metrics: .*ECONNREFUSED/);
  });

  test('stop cuts a request that is never answered', async () => {
    const { scraper, store } = await serve(() => {});
    const never = scraper.scrapeOnce();
    await scraper.stop();
    await never;
    expect(store.select([])).toEqual([]);
  });
});
