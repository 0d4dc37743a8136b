import { describe, expect, test } from 'vitest';
import { nextTurn, steppedClock } from '../clock.ts';
import { link, type PlannedFault } from '../fault.ts';
import { latency } from '../faults/latency.ts';
import { loseCommitAnswers } from '../faults/lose-commit-answers.ts';
import { providerDown } from '../faults/provider-down.ts';
import { exactly } from '../range.ts';
import { randomFrom } from '../seed.ts';
import { disturbanceOf } from './disturbance.ts';
import { armFaults } from './fault-sites.ts';

const place = link('webhook-role', 'postgres');
const holes = loseCommitAnswers(place, { times: exactly(2), delayMs: exactly(200) });
const slow = latency(place, { latencyMs: exactly(5) });

/** A world that notes what is done to it; `underWay` is how many commits it says are under way, look by look. */
const worldOf = (clock: { nowMs(): number }, underWay: readonly number[]) => {
  const done: string[] = [];
  const looks = [...underWay];
  const note = (what: string) => done.push(`${clock.nowMs()} ${what}`);
  return {
    done,
    addToxic: async (_link: string, name: string) => void note(`add ${name}`),
    removeToxic: async (_link: string, name: string) => void note(`remove ${name}`),
    removeToxics: async () => void note('remove all'),
    strike: () => undefined,
    asSuperuser: async (sql: string) => {
      if (!sql.includes('pg_stat_activity')) note((/(create|drop)/.exec(sql) ?? [''])[0]);
      return sql.includes('pg_stat_activity') ? Array.from({ length: looks.shift() ?? 0 }, () => ({})) : [];
    },
  };
};

/** Lets time pass in steps of a look, and everything that waits for it happen. */
const pass = async (clock: ReturnType<typeof steppedClock>, looks: number): Promise<void> => {
  for (let look = 0; look < looks; look += 1) {
    for (let turn = 0; turn < 5; turn += 1) await new Promise<void>((resolve) => nextTurn(resolve));
    clock.advance(5);
  }
};

describe('holes in the link to the database', () => {
  test('open while a commit is under way, close when none is, and only so many times', async () => {
    const clock = steppedClock(1_000);
    const world = worldOf(clock, [0, 0, 1, 1, 0, 0, 1, 0, 1, 1]);
    const disturbance = disturbanceOf(armFaults([holes], randomFrom(1)), world, 'shop.entries', clock);
    await disturbance.start();
    await pass(clock, 12);
    await disturbance.stop();
    expect(world.done.map((what) => what.replace(/^\d+ /, ''))).toEqual([
      'create',
      ...['add lose-commit-answers-0', 'remove lose-commit-answers-0'],
      ...['add lose-commit-answers-0', 'remove lose-commit-answers-0'],
      'drop',
      'remove all',
    ]);
    expect(disturbance.spansOf(holes)).toEqual([
      { fromMs: 1_010, untilMs: 1_015 },
      { fromMs: 1_020, untilMs: 1_020 },
    ]);
  });

  test('without a ledger table nothing is done, and nothing counts', async () => {
    const clock = steppedClock(0);
    const world = worldOf(clock, [1, 1, 1]);
    const disturbance = disturbanceOf(armFaults([holes], randomFrom(1)), world, undefined, clock);
    await disturbance.start();
    await pass(clock, 3);
    await disturbance.stop();
    expect(world.done).toEqual(['15 remove all']);
    expect(disturbance.spansOf(holes)).toEqual([]);
  });

  test('a ledger table that is not there is told as a mistake of the config', async () => {
    const clock = steppedClock(0);
    const broken = { ...worldOf(clock, []), asSuperuser: () => Promise.reject(new Error('no relation "entries"')) };
    const disturbance = disturbanceOf(armFaults([holes], randomFrom(1)), broken, 'entries', clock);
    await expect(disturbance.start()).rejects.toMatchObject({ code: 'target-failed', exitCode: 2 });
  });

  test('a hole that cannot be opened is told when it stops, with everything removed', async () => {
    const clock = steppedClock(0);
    const world = worldOf(clock, [1]);
    const broken = { ...world, addToxic: () => Promise.reject(new Error('no such proxy')) };
    const disturbance = disturbanceOf(armFaults([holes], randomFrom(1)), broken, 'entries', clock);
    await disturbance.start();
    await pass(clock, 2);
    await expect(disturbance.stop()).rejects.toThrow('no such proxy');
    expect(world.done.map((what) => what.replace(/^\d+ /, ''))).toEqual(['create', 'drop', 'remove all']);
  });
});

test('a toxic is there from start to stop, and stopping twice removes once', async () => {
  const clock = steppedClock(100);
  const world = worldOf(clock, []);
  const disturbance = disturbanceOf(armFaults([slow], randomFrom(1)), world, undefined, clock);
  await disturbance.start();
  clock.advance(50);
  await Promise.all([disturbance.stop(), disturbance.stop()]);
  expect(world.done).toEqual(['100 add latency-0', '150 remove all']);
  expect(disturbance.spansOf(slow)).toEqual([{ fromMs: 100, untilMs: 150 }]);
});

describe('a toxic with a window', () => {
  const down = providerDown(link('service', 'cloud'), { afterMs: exactly(20), downMs: exactly(10) });
  const begun = async (planned: readonly PlannedFault[]) => {
    const clock = steppedClock(100);
    const world = worldOf(clock, []);
    const disturbance = disturbanceOf(armFaults(planned, randomFrom(1)), world, undefined, clock);
    await disturbance.start();
    return { clock, world, disturbance };
  };

  test('comes and goes while others stay', async () => {
    const { clock, world, disturbance } = await begun([down, slow]);
    await pass(clock, 10);
    await disturbance.stop();
    expect(world.done).toEqual([
      '100 add latency-1',
      '120 add provider-down-0',
      '130 remove provider-down-0',
      '150 remove all',
    ]);
    expect(disturbance.spansOf(down)).toEqual([{ fromMs: 120, untilMs: 130 }]);
    expect(disturbance.spansOf(slow)).toEqual([{ fromMs: 100, untilMs: 150 }]);
  });

  test('ends with the faults, if they end before it', async () => {
    const { clock, world, disturbance } = await begun([down]);
    await pass(clock, 5);
    await disturbance.stop();
    expect(world.done).toEqual(['120 add provider-down-0', '125 remove provider-down-0', '125 remove all']);
    expect(disturbance.spansOf(down)).toEqual([{ fromMs: 120, untilMs: 125 }]);
  });

  test('does not come any more once the faults have ended', async () => {
    const { clock, world, disturbance } = await begun([down]);
    await pass(clock, 2);
    await disturbance.stop();
    await pass(clock, 10);
    expect(world.done).toEqual(['110 remove all']);
    expect(disturbance.spansOf(down)).toEqual([]);
  });

  test('that cannot be added is told when it stops', async () => {
    const clock = steppedClock(0);
    const broken = { ...worldOf(clock, []), addToxic: () => Promise.reject(new Error('no such proxy')) };
    const disturbance = disturbanceOf(armFaults([down], randomFrom(1)), broken, undefined, clock);
    await disturbance.start();
    await pass(clock, 6);
    await expect(disturbance.stop()).rejects.toThrow('no such proxy');
  });
});
