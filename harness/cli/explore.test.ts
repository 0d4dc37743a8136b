/** Searches on the reference service. Nothing here depends on how fast the machine is: a seed decides a whole world. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { scenarios } from '#scenarios/index';
import { systemClock } from '../clock.ts';
import { meaninglessFaults, openExploration, runSeed } from '../explore/exploration.ts';
import type { KeptWorld } from '../explore/kept-worlds.ts';
import { search } from '../explore/search.ts';
import type { SearchDocument } from '../explore/search-document.ts';
import { shrink } from '../explore/shrink.ts';
import { problemsIn, textOf } from '../report/html/test-document.ts';
import type { Target } from '../target.ts';
import { topple } from './test-cli.ts';
import { explored, project, subjectOf } from './test-exploring.ts';

const { target } = project;
const defects = target.variants.filter(({ kind }) => kind === 'defect');

const limits = { isOver: () => false, told: () => undefined };

test.each(defects)(
  '$id breaks $invariant within sixty worlds, and these repeat to the byte',
  async (defect) => {
    const { found } = await explored(subjectOf(defect.witness, defect.id), (exploration) =>
      search(exploration, { ...limits, firstSeed: 1, worldsMax: 60 }),
    );
    expect(found?.world.fingerprint).toContain(defect.invariant);
    expect(found?.differs).toBeUndefined();
  },
  180_000,
);

describe('the sound service', () => {
  test('breaks nothing, and a seed is the same world whatever ran before it', async () => {
    await explored(subjectOf('duplicate-webhooks'), async (exploration) => {
      const { tally, found } = await search(exploration, { ...limits, firstSeed: 1, worldsMax: 12 });
      expect(found).toBeUndefined();
      expect(tally.exercised.get('granted-once')).toBeGreaterThan(0);
      const backwards = new Set<string>();
      for (let seed = 12; seed >= 1; seed -= 1) backwards.add((await runSeed(exploration, seed)).outcome.digest);
      expect(backwards).toEqual(tally.digests);
      expect(tally.digests.size).toBe(12);
    });
  }, 180_000);

  test('survives processes that die at any statement', async () => {
    await explored(subjectOf('lost-grant-answer'), async (exploration) => {
      let deaths = 0;
      for (let seed = 1; seed <= 25; seed += 1) {
        const { outcome } = await runSeed(exploration, seed);
        expect(outcome.fingerprint, `seed ${seed}`).toEqual([]);
        deaths += outcome.lines.filter((line) => line.endsWith(' dies')).length;
      }
      expect(deaths).toBeGreaterThan(2);
    });
  }, 180_000);

  test('survives the kills that a scenario plans, after the grant and before its answer', async () => {
    await explored(subjectOf('worker-killed-mid-grant'), async (exploration) => {
      let kills = 0;
      for (let seed = 1; seed <= 6; seed += 1) {
        const { outcome } = await runSeed(exploration, seed);
        expect(outcome.fingerprint, `seed ${seed}`).toEqual([]);
        const { lines } = outcome;
        // A call is noted as answered before it is made: whoever dies in the next line died at that call.
        kills += lines.filter((line, index) => {
          return line === 'provisioning dies' && lines[index - 1]?.startsWith('provisioning calls alibaba-cloud');
        }).length;
      }
      expect(kills).toBeGreaterThan(0);
    });
  }, 180_000);

  test('is told which faults mean nothing there', () => {
    const named = (id: string) => meaninglessFaults(subjectOf(id).scenario);
    expect(named('worker-killed-mid-grant')).toEqual([]);
    expect(named('webhook-worker-killed')).toEqual(['latency', 'pause-process']);
    expect(named('database-restarts')).toEqual(['restart-postgres']);
  });

  test.each(scenarios)(
    'can be explored in $id',
    async (scenario) => {
      const { tally, found } = await explored(subjectOf(scenario.id), (exploration) =>
        search(exploration, { ...limits, firstSeed: 100, worldsMax: 3 }),
      );
      expect(found).toBeUndefined();
      expect(tally.exercised.get('no-lost-credit')).toBeGreaterThan(0);
    },
    180_000,
  );
});

test('a shrunk world breaks the same promise, by a death that no time decides any more', async () => {
  await explored(subjectOf('webhook-worker-killed', 'credit-in-two-steps'), async (exploration) => {
    const { found } = await search(exploration, { ...limits, firstSeed: 7, worldsMax: 30 });
    expect(found?.world.shape.ordinals.length).toBeGreaterThan(1);
    if (found === undefined) throw new Error('the defect was not found');
    const small = await shrink(exploration, found.world, limits);
    expect(small?.world.fingerprint).toEqual(found.world.fingerprint);
    expect([small?.world.shape.ordinals.length, small?.switches]).toEqual([1, 0]);
    expect(small?.deviations.at(-1)).toMatch(/^at webhooks .*: ends with its process$/);
    expect(small?.deviations.length).toBeLessThanOrEqual(3);
  });
}, 300_000);

/** The target with each request of a role watched by `before`. */
const watched = (before: () => unknown): Target => ({
  ...target,
  inProcess: async (...parts) => {
    const role = await target.inProcess?.(...parts);
    if (role === undefined) throw new Error('the reference service runs in process');
    return { ...role, fetch: (request) => [before(), role.fetch(request)][1] as Promise<Response> };
  },
});

test('a service that reads the real clock is refused, with the place that did it', async () => {
  const leaking = watched(() => systemClock.nowMs());
  const running = explored(subjectOf('duplicate-webhooks', undefined, leaking), (exploration) =>
    runSeed(exploration, 1),
  );
  await expect(running).rejects.toMatchObject({
    code: 'real-world-leak',
    why: expect.stringContaining('explore.test'),
  });
});

test('a system that stands still is stuck, however long it is given', async () => {
  const idle: Target = {
    ...target,
    inProcess: async (...parts) => {
      const role = await target.inProcess?.(...parts);
      return { jobs: [], fetch: (request) => role?.fetch(request) ?? Promise.resolve(new Response()) };
    },
  };
  const { outcome } = await explored(subjectOf('duplicate-webhooks', undefined, idle), (exploration) =>
    runSeed(exploration, 1),
  );
  expect(outcome.fingerprint).toContain('not-at-rest');
}, 120_000);

test('a finding that does not come back is told as such: something outside of the world decided', async () => {
  let lives = 0;
  const moody: Target = {
    ...target,
    inProcess: async (...parts) => {
      const role = await target.inProcess?.(...parts);
      if (role === undefined) throw new Error('the reference service runs in process');
      lives += 1;
      const isTired = lives > 2 * target.roles.length;
      return isTired ? { ...role, fetch: async () => new Response('tired', { status: 503 }) } : role;
    },
  };
  const { found } = await explored(subjectOf('duplicate-webhooks', 'credit-without-dedup', moody), (exploration) =>
    search(exploration, { ...limits, firstSeed: 1, worldsMax: 1 }),
  );
  expect(found?.world.fingerprint).toEqual(['no-double-credit']);
  expect(found?.differs).toMatch(/other rows|cannot be repeated/);
}, 120_000);

test('a target that cannot be composed here is refused before anything starts', async () => {
  const { inProcess: _none, ...processes } = target;
  await expect(openExploration(subjectOf('duplicate-webhooks', undefined, processes))).rejects.toMatchObject({
    code: 'not-in-process',
  });
});

describe('the command line', () => {
  const folder = (): string => {
    const made = mkdtempSync(join(tmpdir(), 'explore-'));
    onTestFinished(() => rmSync(made, { recursive: true, force: true }));
    return made;
  };
  const worldsIn = (cwd: string): readonly string[] => {
    const kept = join(cwd, '.topple/worlds');
    const names = existsSync(kept) ? readdirSync(kept) : [];
    return names.filter((name) => name.endsWith('.json')).map((name) => name.replace('.json', ''));
  };
  const defect = ['explore', 'duplicate-webhooks', '--defect', 'credit-without-dedup', '--worlds', '5'];

  test('shrinks and keeps what it found; another process replays it to the byte, and shrinks it on', async () => {
    const cwd = folder();
    const { code, stdout } = await topple(cwd, ...defect, '--json');
    const { found, violations, worldsPerMinute } = JSON.parse(stdout) as SearchDocument;
    expect([code, violations, found?.differs]).toEqual([1, ['no-double-credit'], null]);
    expect(worldsPerMinute).toBeGreaterThan(0);
    expect(found?.smallest?.orders).toBe(1);
    const small = found?.smallest?.kept ?? '';
    expect(new Set(worldsIn(cwd))).toEqual(new Set([found?.kept, small]));
    expect(found?.page).toBe(`.topple/worlds/${small}.html`);
    const page = readFileSync(join(cwd, found?.page ?? ''), 'utf8');
    expect(textOf(page)).toContain('since this step the promise is broken');
    expect(problemsIn(page)).toEqual([]);
    rmSync(join(cwd, found?.page ?? ''));
    const replayed = await topple(cwd, 'replay', small);
    expect([replayed.code, replayed.stdout]).toEqual([
      1,
      expect.stringContaining('reproduced 3 of 3 to the byte: no-double-credit'),
    ]);
    expect(existsSync(join(cwd, found?.page ?? ''))).toBe(true);
    const shrunk = await topple(cwd, 'shrink', small, '--budget', '2s', '--json');
    expect(JSON.parse(shrunk.stdout)).toMatchObject({ from: small, broken: ['no-double-credit'] });
    expect(worldsIn(cwd)).toHaveLength(3);
  }, 180_000);

  test('a world in a file of its own is a regression test: guided, the mended system holds', async () => {
    const cwd = folder();
    await topple(cwd, ...defect, '--shrink', '1s');
    const [id = ''] = worldsIn(cwd);
    const kept = JSON.parse(readFileSync(join(cwd, '.topple/worlds', `${id}.json`), 'utf8')) as KeptWorld;
    writeFileSync(join(cwd, 'broken.json'), JSON.stringify(kept));
    const { variant: _mended, ...sound } = kept;
    writeFileSync(join(cwd, 'mended.json'), JSON.stringify(sound));
    const [exact, broken] = [await topple(cwd, 'replay', 'broken.json'), await topple(cwd, 'replay', id, '--guided')];
    expect([exact.code, broken.code, broken.stdout]).toEqual([1, 1, expect.stringContaining('is violated')]);
    const mended = await topple(cwd, 'replay', 'mended.json', '--guided');
    expect([mended.code, mended.stdout]).toEqual([0, 'nothing is broken where no-double-credit was\n']);
    expect((await topple(cwd, 'replay', 'mended.json')).code).toBe(3);
    expect((await topple(cwd, 'replay', 'none.json', '--guided')).stderr).toContain('no-such-run');
  }, 180_000);

  test('two workers look at the same worlds as one, and stop each other when one finds something', async () => {
    const cwd = folder();
    const sound = ['explore', 'duplicate-webhooks', '--worlds', '6', '--json'];
    const [one, two] = [await topple(cwd, ...sound), await topple(cwd, ...sound, '--workers', '2')];
    const unlike = { tookMs: 0, worldsPerMinute: 0 };
    expect({ ...JSON.parse(two.stdout), ...unlike }).toEqual({ ...JSON.parse(one.stdout), ...unlike });
    const found = await topple(cwd, 'explore', 'duplicate-webhooks', ...defect.slice(2, 4), '--workers', '2');
    expect([found.code, found.stdout]).toEqual([1, expect.stringContaining('no-double-credit is violated')]);
    expect(found.stdout).toMatch(
      /^ {2}webhooks-\d .*\n {2}commit\n( {2}= .*\n)+ {2}and since this step no-double-credit/ms,
    );
    for (const line of found.stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  }, 180_000);

  test('a worker that cannot start is named, and the others end', async () => {
    const cwd = folder();
    writeFileSync(
      join(cwd, 'topple.config.mts'),
      `if (process.connected) throw new Error('not in a worker');\nexport const scenarios = [];\n`,
    );
    const { code, stderr } = await topple(cwd, 'explore', 'duplicate-webhooks', '--workers', '2');
    expect([code, stderr]).toEqual([4, expect.stringMatching(/worker-failed: .*part \d\/2/s)]);
  }, 120_000);

  test('parts that ran elsewhere are merged; what one of them found is kept here', async () => {
    const [cwd, here] = [folder(), folder()];
    for (const part of [1, 2]) {
      const { stdout } = await topple(cwd, ...defect, '--shard', `${part}/2`, '--shrink', '1s', '--json');
      writeFileSync(join(here, `${part}.json`), stdout);
    }
    const merged = await topple(here, 'merge', '1.json', '2.json', '--json');
    const { worlds, shard, violations, found } = JSON.parse(merged.stdout) as SearchDocument;
    expect([merged.code, worlds, shard, violations]).toEqual([1, 2, '1/1', ['no-double-credit']]);
    expect(worldsIn(here)).toContain(found?.kept);
    const half = await topple(here, 'merge', '1.json');
    expect([half.code, half.stderr]).toEqual([2, expect.stringContaining('shards-differ')]);
  }, 180_000);

  test('tells where a kept world cannot be repeated any more, and that the versions are others', async () => {
    const cwd = folder();
    await topple(cwd, ...defect);
    const [id = ''] = worldsIn(cwd);
    const file = join(cwd, '.topple/worlds', `${id}.json`);
    const kept = JSON.parse(readFileSync(file, 'utf8')) as KeptWorld;
    writeFileSync(file, JSON.stringify({ ...kept, digest: '0', versions: { ...kept.versions, node: 'v1' } }));
    const other = await topple(cwd, 'replay', id);
    expect([other.code, other.stdout]).toEqual([3, expect.stringContaining('node v1 then')]);
    expect(other.stdout).toContain('reproduced 0 of 3');
    const differing = await topple(cwd, 'history', id);
    expect([differing.code, differing.stderr]).toEqual([3, expect.stringContaining('world-differs')]);
    writeFileSync(file, JSON.stringify(kept));
    const lists = await topple(cwd, 'history', id, '--format', 'elle');
    expect(lists.code, lists.stderr).toBe(0);
    expect(lists.stdout).toMatch(/:type :ok, .*:value \[\[:r "wallet-\w+-\d" \[1 1( 1)*\]\]\]/);
    writeFileSync(file, JSON.stringify({ ...kept, choices: ['nobody does this', ...kept.choices] }));
    const impossible = await topple(cwd, 'replay', id);
    expect([impossible.code, impossible.stderr]).toEqual([3, expect.stringContaining('choices-differ: Choice 1')]);
    writeFileSync(file, JSON.stringify({ ...kept, fingerprint: ['granted-once'] }));
    const unshrinkable = await topple(cwd, 'shrink', id, '--budget', '1s');
    expect([unshrinkable.code, unshrinkable.stderr]).toEqual([3, expect.stringContaining('not-shrinkable')]);
  }, 240_000);

  test('says what was looked at when nothing was found', async () => {
    const { code, stdout } = await topple(folder(), 'explore', 'lost-grant-answer', '--worlds', '4');
    expect([code, stdout]).toEqual([0, expect.stringMatching(/looked at {2}4 worlds .*HOLDS after/s)]);
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  }, 120_000);

  test.each([
    ['--budget', 'soon', 'bad-duration'],
    ['--budget', '0', 'bad-duration'],
    ['--worlds', '0', 'bad-number'],
    ['--workers', '0', 'bad-number'],
    ['--shard', '3/2', 'bad-shard'],
    ['--shrink', 'much', 'bad-duration'],
  ])('refuses %s %s', async (option, value, code) => {
    const refused = await topple(folder(), 'explore', 'lost-webhook', option, value);
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining(code)]);
  });
});
