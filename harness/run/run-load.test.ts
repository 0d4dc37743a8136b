import { expect, test } from 'vitest';
import { steppedClock } from '../clock.ts';
import { invariants } from '../invariants/index.ts';
import type { Target } from '../target.ts';
import type { RunningWorld } from '../world.ts';
import { runLoad } from './run-load.ts';
import { emptyBooks } from './test-books.ts';
import { sampleScenario } from './test-scenario.ts';

test('a world in which nothing can be started beside the system is no place for a load', async () => {
  const world: Partial<RunningWorld> = {
    providers: [],
    metrics: [],
    timeScale: 1,
    readLedger: async () => emptyBooks,
    removeToxics: async () => {},
    ended: () => [],
    stop: async () => {},
  };
  const lab = {
    world: { start: async () => world as RunningWorld, close: async () => {} },
    invariants,
    target: { id: 'mine', database: {} } as Target,
    watching: {
      rules: { text: 'groups: [{ name: some, rules: [{ record: "a:b", expr: "up" }] }]', path: 'rules.yml' },
      board: { text: '{"panels":[]}', path: 'board.json' },
      intervalMs: 100,
    },
    place: { command: 'topple', world: 'bare', versions: {} },
  };
  const run = {
    request: { scenario: sampleScenario, seed: 1, settings: [] },
    timeline: [],
    isCompared: false,
    k6: { path: '/bin/true', version: '2.2.0', origin: 'PATH' } as const,
    script: 'ours.k6.ts',
    runId: 'abc',
    folder: '/nowhere',
    env: {},
  };
  await expect(runLoad(lab, run, { clock: steppedClock(0) })).rejects.toMatchObject({
    code: 'no-outside',
    exitCode: 2,
  });
});
