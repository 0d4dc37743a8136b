import { expect, test } from 'vitest';
import { besides, type CellRow, type Side } from './beside.ts';

const cell = (part: Partial<CellRow> = {}): CellRow => ({
  run: 'confirm-race --seed 1',
  finding: 'holds',
  isAsItShould: true,
  falseAlarms: 0,
  hits: [{ what: 'latency hit api-role-postgres', count: 7, least: 4 }],
  ...part,
});

const side = (world: string, cells: readonly CellRow[], unhosted: Side['unhosted'] = []): Side => ({
  world,
  cells,
  unhosted,
});

test('two cells that came to the same are the same, however often their faults struck', () => {
  const there = cell({ hits: [{ what: 'latency hit api-role-postgres', count: 4, least: 4 }] });
  expect(besides(side('containers', [cell()]), side('embedded', [there]))).toEqual({
    world: 'embedded',
    equal: 1,
    differences: [],
    unhosted: [],
  });
});

test.each([
  ['another finding', { finding: 'unknown', isAsItShould: false }, 'unknown, as it should not be; embedded: holds'],
  ['a breach found here alone', { isAsItShould: false }, 'holds, as it should not be; embedded: holds'],
  ['an alarm that is false here alone', { falseAlarms: 1 }, 'holds, false alarms: 1; embedded: holds'],
] as const)('%s is a difference', (_, part, problem) => {
  const { equal, differences } = besides(side('containers', [cell(part)]), side('embedded', [cell()]));
  expect({ equal, differences }).toEqual({
    equal: 0,
    differences: [{ run: 'confirm-race --seed 1', problem: `containers: ${problem}` }],
  });
});

test('a cell whose fault never struck, in whichever world, is the same as nothing', () => {
  const idle = cell({ hits: [{ what: 'latency hit api-role-postgres', count: 0, least: 4 }] });
  const differences = ['containers', 'embedded'].map((world) => ({
    run: 'confirm-race --seed 1',
    problem: `latency hit api-role-postgres in ${world} 0 times`,
  }));
  expect(besides(side('containers', [idle]), side('embedded', [cell()])).differences).toEqual([differences[0]]);
  expect(besides(side('containers', [cell()]), side('embedded', [idle])).differences).toEqual([differences[1]]);
});

test('a cell that one world alone has is a difference, unless the other one says why', () => {
  const [one, two] = [cell(), cell({ run: 'worker-killed-mid-grant --seed 1' })];
  const refusal = { run: two.run, reason: 'nobody can strike there' };
  expect(besides(side('containers', [one], [refusal]), side('embedded', [one, two]))).toEqual({
    world: 'embedded',
    equal: 1,
    differences: [],
    unhosted: [{ ...refusal, world: 'containers' }],
  });
  expect(besides(side('containers', [one]), side('embedded', [one, two])).differences).toEqual([
    { run: two.run, problem: 'run in embedded alone' },
  ]);
  expect(besides(side('containers', [one, two]), side('embedded', [one])).differences).toEqual([
    { run: two.run, problem: 'run in containers alone' },
  ]);
});
