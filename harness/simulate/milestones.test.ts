import { describe, expect, test } from 'vitest';
import { randomFrom } from '../seed.ts';
import { type ChoicePoint, recording, uniformly } from './choices.ts';
import { aimAt, guidedBy, standsStill } from './milestones.ts';

const turn = (...options: string[]): ChoicePoint => ({ kind: 'schedule', options });
const fate: ChoicePoint = { kind: 'statement', options: ['a runs', 'a is lost'] };

const followed = (milestones: readonly string[], points: readonly ChoicePoint[]) => {
  const chooser = guidedBy(milestones);
  const taken = points.map((point) => point.options[chooser.choose(point)]);
  return { taken, deviations: chooser.deviations };
};

describe('a schedule by milestones', () => {
  const points = [turn('a 1', 'b 1'), turn('a 1', 'b 2'), fate, turn('a 1', 'b 3'), turn('a 1', 'c 1')];

  test('without any lets the same actor go on and nothing come to harm', () => {
    expect(followed([], points)).toEqual({ taken: ['a 1', 'a 1', 'a runs', 'a 1', 'a 1'], deviations: [] });
  });

  test('takes each where it first can, and says which of them left the usual way', () => {
    expect(followed(['b 1', 'b 2', 'a is lost', 'c 1'], points)).toEqual({
      taken: ['b 1', 'b 2', 'a is lost', 'b 3', 'c 1'],
      deviations: ['b 1', 'a is lost', 'c 1'],
    });
  });

  test('tells harms from turns', () => {
    const chooser = guidedBy(['b 1', 'a is lost', 'a runs']);
    for (const point of [...points, fate]) chooser.choose(point);
    expect([chooser.deviations, [...chooser.harms]]).toEqual([['b 1', 'a is lost'], ['a is lost']]);
  });

  test('meets a harm by its aim, whichever session it strikes', () => {
    const of = (subject: string, what: string): ChoicePoint => ({
      kind: 'statement',
      options: [`${subject} runs`, `${subject} is lost`],
      of: { subject, what },
    });
    const points = [of('a-1', 'a reads'), of('a-2', 'a writes'), of('a-1', 'a writes')];
    const chooser = guidedBy(['at a writes: is lost']);
    expect(points.map((point) => chooser.choose(point))).toEqual([0, 1, 0]);
    expect([chooser.deviations, chooser.aims]).toEqual([['at a writes: is lost'], ['at a writes: is lost']]);
    const recorded = guidedBy(['a-2 is lost']);
    expect(points.map((point) => recorded.choose(point))).toEqual([0, 1, 0]);
    expect(recorded.aims).toEqual(['at a writes: is lost']);
  });

  test('counts how often a session had to wait that could have gone on', () => {
    const race = [turn('a-1 1', 'b-1 1'), turn('a-1 2', 'b-1 1'), turn('a-1 2', 'b-1 2'), turn('a-1 2', 'clock 5')];
    const chooser = guidedBy(['b-1 1']);
    for (const point of race) chooser.choose(point);
    expect([chooser.deviations, chooser.switches()]).toEqual([['b-1 1'], 0]);
    const torn = guidedBy(['a-1 1', 'b-1 1', 'a-1 2', 'clock 5']);
    for (const point of race) torn.choose(point);
    expect(torn.switches()).toBe(3);
  });

  test('does not run into a milestone before its turn, unless there is nothing else to do', () => {
    const race = [turn('a writes', 'b reads'), turn('a writes', 'b writes'), turn('a writes')];
    expect(followed(['b writes', 'a writes'], race).taken).toEqual(['b reads', 'b writes', 'a writes']);
    expect(followed(['never', 'a writes'], [turn('a writes')]).taken).toEqual(['a writes']);
  });

  test('lets time pass last, also where it may at any moment', () => {
    const hasty = [turn('a-1 1', 'clock goes to +5 ms'), turn('clock goes to +9 ms', 'a-1 2')];
    expect(followed([], hasty).taken).toEqual(['a-1 1', 'a-1 2']);
    expect(followed(['clock goes to +5 ms'], hasty).taken).toEqual(['clock goes to +5 ms', 'a-1 2']);
  });

  test('lets a session stand still after a fate, while all others and time go on', () => {
    const of = { subject: 'a-2', what: 'a writes' };
    const asked: ChoicePoint = { kind: 'statement', options: ['a-2 runs', 'a-2 is lost'], of };
    const rest = [
      turn('a-2 writes', 'b-1 reads', 'clock goes to +60 ms'),
      turn('a-2 writes', 'clock goes to +60 ms'),
      turn('a-2 writes', 'clock goes to +160 ms', 'b-1 ends'),
      turn('a-2 writes', 'clock goes to +900 ms', 'b-1 ends'),
    ];
    const paused = followed(
      [aimAt('a-2 writes', 'runs'), standsStill(100)],
      [turn('clock goes to +30 ms'), asked, ...rest],
    );
    expect(paused.taken).toEqual([
      'clock goes to +30 ms',
      'a-2 runs',
      'b-1 reads',
      'clock goes to +60 ms',
      'clock goes to +160 ms',
      'a-2 writes',
    ]);
    expect(paused.deviations).toEqual(['at a writes: runs', 'stands still for 100 ms']);
  });

  test('follows a whole record to the letter', () => {
    const recorder = recording(uniformly(randomFrom(5)));
    const taken = points.map((point) => point.options[recorder.choose(point)]);
    expect(followed(recorder.taken, points).taken).toEqual(taken);
  });
});
