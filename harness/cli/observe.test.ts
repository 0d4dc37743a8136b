/** Alerts and panels of production over simulated worlds of the reference service, in virtual time. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { repeatWorld, runSeed, type Subject } from '../explore/exploration.ts';
import type { SearchDocument } from '../explore/search-document.ts';
import { lies } from '../run/lies.ts';
import type { Target } from '../target.ts';
import { observationOf } from './compose.ts';
import { lieCalled } from './lookup.ts';
import { topple } from './test-cli.ts';
import { explored, project, subjectOf } from './test-exploring.ts';

const { target } = project;

const observed = async (subject: Subject, lie?: string): Promise<Subject> => ({
  ...subject,
  observation: await observationOf(project, lieCalled(lie)),
});

/** The world of `seed`, and what was said of no-double-credit in it. */
const worldOf = async (subject: Subject, seed = 1) => {
  const { outcome } = await explored(subject, (exploration) => runSeed(exploration, seed));
  const said = outcome.testimonies.find(({ audit }) => audit.invariant.id === 'no-double-credit');
  return { outcome, said: said ?? expect.unreachable() };
};

test('a breach is told within two intervals of production, although the world lasts seconds', async () => {
  const { outcome, said } = await worldOf(await observed(subjectOf('duplicate-webhooks', 'credit-without-dedup')));
  expect(outcome.fingerprint).toEqual(['no-double-credit']);
  expect([said.agreement, said.allowedMs, said.late]).toEqual(['caught', 120_000, false]);
  // Scraped after 15 s at the most, evaluated just before the next scrape.
  expect(said.detectMs).toBeGreaterThan(15_000);
  expect(said.detectMs).toBeLessThanOrEqual(30_000);
}, 300_000);

test('money that counts as lost after an hour is told after an hour', async () => {
  const { outcome } = await worldOf(await observed(subjectOf('lost-webhook', 'found-payment-only-logged')), 2);
  const said = outcome.testimonies.find(({ audit }) => audit.invariant.id === 'no-lost-credit');
  expect(said).toMatchObject({ agreement: 'caught', allowedMs: 4_380_000, late: false });
  expect(said?.detectMs).toBeGreaterThan(3_600_000);
}, 300_000);

test.each(lies)(
  '$id is exposed as $exposedAs',
  async ({ id, about, exposedAs }) => {
    const variant = about === 'defect' ? 'credit-without-dedup' : undefined;
    const { outcome, said } = await worldOf(await observed(subjectOf('duplicate-webhooks', variant), id));
    expect(said.agreement).toBe(exposedAs);
    const isTold = outcome.fingerprint.includes(`no-double-credit ${exposedAs}`);
    expect(isTold).toBe(exposedAs !== 'blind');
  },
  120_000,
);

describe('looking on', () => {
  test('changes no world, alarms nobody without a cause, and repeats to the byte', async () => {
    const subject = await observed(subjectOf('lost-grant-answer'));
    const seeds = [1, 2];
    const digestsOf = (one: Subject): Promise<readonly string[]> =>
      explored(one, async (exploration) => {
        const digests: string[] = [];
        for (const seed of seeds) {
          const { outcome, shape } = await runSeed(exploration, seed);
          const { choices, digest, fingerprint } = outcome;
          expect(fingerprint, `seed ${seed}`).toEqual([]);
          expect(outcome.testimonies.map(({ agreement }) => agreement)).not.toContain('blind');
          const again = await repeatWorld(exploration, { seed, shape, choices, digest, fingerprint });
          expect([again.digest, again.testimonies]).toEqual([digest, outcome.testimonies]);
          digests.push(digest);
        }
        return digests;
      });
    const looking = subject.observation ?? expect.unreachable();
    const unwatched: Subject = { ...subject, observation: { ...looking, intervalMs: 60 * 60_000 } };
    const neverLooking = explored(unwatched, async (exploration) => {
      const digests: string[] = [];
      for (const seed of seeds) digests.push((await runSeed(exploration, seed)).outcome.digest);
      return digests;
    });
    expect(await digestsOf(subject)).toEqual(await neverLooking);
  }, 600_000);

  /** The reference service with pages that do something else first. */
  const paging = (ask: (ports: Parameters<NonNullable<Target['inProcess']>>[2]) => Promise<unknown>): Target => ({
    ...target,
    inProcess: async (role, wiring, ports, variant) => {
      const composed = await target.inProcess?.(role, wiring, ports, variant);
      if (composed === undefined) throw new Error('the reference service runs in process');
      return {
        ...composed,
        fetch: async (request) => {
          if (request.url.endsWith('/metrics')) await ask(ports);
          return composed.fetch(request);
        },
      };
    },
  });

  test('is refused where the page reads the real time', async () => {
    const subject = subjectOf(
      'duplicate-webhooks',
      undefined,
      paging(({ db }) => db.query('select current_timestamp')),
    );
    await expect(worldOf(await observed(subject))).rejects.toMatchObject({ code: 'real-time-in-sql' });
  }, 300_000);

  test.each([
    ['writes', paging(({ db }) => db.query('create table t ()'))],
    ['draws chance', paging(({ db }) => db.query('select random()'))],
    ['calls somebody', paging(({ http }) => http('http://alipay.simulated/', { method: 'GET', headers: {} }))],
  ])(
    'is blind where the page %s, and the world is as it was',
    async (_what, system) => {
      const { outcome, said } = await worldOf(await observed(subjectOf('duplicate-webhooks', undefined, system)));
      expect([said.agreement, outcome.fingerprint]).toEqual(['blind', []]);
      expect(said.alert).toMatchObject({ because: 'its series was absent to the end, says NoDoubleCreditAbsent' });
    },
    120_000,
  );

  test('a page may read in a transaction of its own, at the time of its scrape', async () => {
    const moments = new Set<string>();
    const system = paging(async ({ db }) => {
      const client = await db.connect();
      await client.query('begin');
      const { rows } = await client.query<{ at: Date }>('select now() as at');
      await client.query('commit');
      client.release();
      for (const { at } of rows) moments.add(String(at));
    });
    const { said } = await worldOf(await observed(subjectOf('duplicate-webhooks', undefined, system)));
    expect(said.agreement).toBe('quiet');
    expect(moments.size).toBeGreaterThan(35 * 4); // four scrapes a minute
  }, 300_000);
});

describe('the command line', () => {
  const explore = async (...args: readonly string[]) => {
    const cwd = mkdtempSync(join(tmpdir(), 'observe-'));
    onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
    const { code, stdout } = await topple(cwd, 'explore', 'duplicate-webhooks', ...args);
    return { cwd, code, stdout };
  };

  test('finds a lie like any breach, shrinks it, and replays it through the same lie', async () => {
    const lying = ['--lie', 'nervous-alert', '--worlds', '1', '--shrink', '1ms', '--json'];
    const { cwd, code, stdout } = await explore(...lying);
    const { violations, found, agreements } = JSON.parse(stdout) as SearchDocument;
    expect([code, violations, agreements]).toEqual([
      1,
      expect.arrayContaining(['no-double-credit false alarm']),
      { 'false alarm': expect.any(Number), unwatched: expect.any(Number) },
    ]);
    expect(found?.dashboards).toContainEqual(
      expect.objectContaining({ id: 'no-double-credit', panelSaid: { said: 'calm' } }),
    );
    const replayed = await topple(cwd, 'replay', found?.kept ?? '', '--repeat', '1');
    expect([replayed.code, replayed.stdout]).toEqual([1, expect.stringContaining('NoDoubleCredit fired, its panel')]);
  }, 600_000);

  test('says how soon a breach was told, and in how many worlds dashboards agreed', async () => {
    const { code, stdout } = await explore(
      '--defect',
      'credit-without-dedup',
      '--observe',
      '--worlds',
      '1',
      '--shrink',
      '1ms',
    );
    expect([code, stdout]).toEqual([1, expect.stringMatching(/told\s+after\s+30\.0\s+s,\s+2\s+min\s+allowed/)]);
    expect(stdout).toMatch(/^ {2}dashboards [^.]*:[^:]*caught\s+1$/m);
  }, 600_000);

  test('is unknown where nobody could see', async () => {
    const { code, stdout } = await explore('--lie', 'stopped-scrape', '--worlds', '1');
    expect([code, stdout]).toEqual([3, expect.stringMatching(/blind in every world for [^.]*no-double-credit/)]);
  }, 300_000);
});
