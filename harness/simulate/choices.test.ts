import { describe, expect, test } from 'vitest';
import { randomFrom } from '../seed.ts';
import {
  byPriority,
  type ChoicePoint,
  type Chooser,
  inTurns,
  recording,
  repeating,
  stalling,
  swarming,
  uniformly,
} from './choices.ts';

const turn = (...options: string[]): ChoicePoint => ({ kind: 'schedule', options });
const fate: ChoicePoint = { kind: 'call', options: ['a runs', 'a is lost', 'a is late'] };
const takenOf = (chooser: Chooser, points: readonly ChoicePoint[]) =>
  points.map((point) => point.options[chooser.choose(point)]);

test('a record repeats what was taken, and points with a single option are not in it', () => {
  const points = [turn('a 1', 'b 1'), turn('a 2'), fate, turn('b 1', 'c 1', 'a 2')];
  const chooser = recording(uniformly(randomFrom(3)));
  const taken = takenOf(chooser, points);
  expect(chooser.taken).toHaveLength(3);
  expect(takenOf(repeating(chooser.taken), points)).toEqual(taken);
});

test.each([
  ['another option', ['b 1'], turn('a 1', 'c 1')],
  ['one choice more', [], turn('a 1', 'b 1')],
])('a world that has %s is told apart', (_how, choices, point) => {
  expect(() => repeating(choices).choose(point)).toThrow(expect.objectContaining({ code: 'choices-differ' }));
});

describe('a swarm', () => {
  const fates = Array.from({ length: 400 }, () => fate);
  const harmsOf = (seed: number) => {
    const chooser = recording(swarming(uniformly(randomFrom(seed)), randomFrom(seed)));
    takenOf(chooser, fates);
    return chooser.harms();
  };

  test('knows worlds without harm and worlds with a few, never with many', () => {
    const harms = Array.from({ length: 60 }, (_, seed) => harmsOf(seed));
    expect(Math.min(...harms)).toBe(0);
    expect(Math.max(...harms)).toBeGreaterThan(1);
    expect(Math.max(...harms)).toBeLessThanOrEqual(4);
  });

  test('lets what the scenario planned strike whether it knows harm or not', () => {
    const planned: ChoicePoint = { kind: 'fault', options: ['a commits', 'a commits unheard'] };
    const taken = takenOf(
      swarming(uniformly(randomFrom(1)), randomFrom(1)),
      Array.from({ length: 50 }, () => planned),
    );
    expect(new Set(taken).size).toBe(2);
  });
});

describe('priorities', () => {
  test('let one actor go on as long as it can, and change that as often as asked', () => {
    const points = Array.from({ length: 100 }, () => turn('a x', 'b x', 'c x'));
    const switchesOf = (changes: number, seed: number) => {
      const taken = takenOf(byPriority(randomFrom(seed), changes, 100), points);
      return taken.filter((option, index) => index > 0 && option !== taken[index - 1]).length;
    };
    for (let seed = 1; seed <= 20; seed += 1) {
      expect(switchesOf(0, seed)).toBe(0);
      expect(switchesOf(3, seed)).toBeLessThanOrEqual(3);
    }
    expect(switchesOf(3, 1)).toBeGreaterThan(0);
  });

  test('never put time before an actor, whatever changes', () => {
    for (let seed = 1; seed <= 40; seed += 1) {
      const chooser = byPriority(randomFrom(seed), 8, 20);
      const taken = takenOf(
        chooser,
        Array.from({ length: 40 }, () => turn('clock goes', 'a x')),
      );
      expect(new Set(taken), `seed ${seed}`).toEqual(new Set(['a x']));
    }
  });
});

describe('a session that stands still', () => {
  /** What was taken of two sessions that always can go on, while time could always pass, minute by minute. */
  const takenWith = (pauses: number, seed: number): readonly string[] => {
    const chooser = stalling(uniformly(randomFrom(seed)), randomFrom(seed), pauses, 20);
    let minutes = 0;
    return Array.from({ length: 60 }, () => {
      const options = ['a-1 x', 'b-1 x', `clock goes to +${(minutes + 1) * 60_000} ms`];
      const taken = options[chooser.choose(turn(...options))] ?? '';
      if (taken.startsWith('clock')) minutes += 1;
      return taken;
    });
  };

  test('is not heard of while others go on, and for their sake no time passes', () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      expect(new Set(takenWith(0, seed).slice(-30))).toEqual(new Set(['a-1 x', 'b-1 x']));
      expect(new Set(takenWith(1, seed).slice(-30)).size).toBe(1);
    }
  });

  test('goes on after minutes of the world’s time, once the others have ended', () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const chooser = stalling(uniformly(randomFrom(seed)), randomFrom(seed), 1, 1);
      const taken: string[] = [];
      for (let minutes = 0; !taken.includes('a-1 x') && minutes < 20; ) {
        const options = ['a-1 x', `clock goes to +${(minutes + 1) * 60_000} ms`];
        const label = options[chooser.choose(turn(...options))] ?? '';
        if (label.startsWith('clock')) minutes += 1;
        taken.push(label);
      }
      expect([1, 10]).toContain(taken.length - 1);
    }
  });
});

describe('in turns', () => {
  test('whoever has waited longest is next, but for a slip now and then; time comes last', () => {
    const points = Array.from({ length: 300 }, () => turn('clock goes', 'a x', 'b x', 'c x'));
    const taken = takenOf(inTurns(randomFrom(5)), points).map(String);
    const isNext = (option: string, index: number): boolean =>
      !taken.slice(Math.max(0, index - 2), index).includes(option);
    expect(taken.filter(isNext).length).toBeGreaterThan(220);
    expect(taken.filter(isNext).length).toBeLessThan(300);
    expect(taken.filter((option) => option.startsWith('clock')).length).toBeLessThan(30);
  });

  test('it is the request that has its turn, whichever session it has', () => {
    const steps = ['r1', 'r2'].map((request) => ({ label: `${request} x`, request }));
    const point: ChoicePoint = { kind: 'schedule', options: ['s-1 x', 's-1 y'], steps };
    const taken = takenOf(inTurns(randomFrom(1)), [point, point, point, point]);
    expect(taken.slice(0, 2)).toEqual(['s-1 x', 's-1 y']);
  });
});
