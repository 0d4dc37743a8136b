/** Shrinking by worlds of a few lines: orders that read and write one balance, and ask to be paid. */
import { describe, expect, test } from 'vitest';
import { History } from '../history.ts';
import { emptyBooks } from '../run/test-books.ts';
import { randomFrom } from '../seed.ts';
import { type Chooser, recording, repeating, swarming, uniformly } from '../simulate/choices.ts';
import type { Reached } from './book-watch.ts';
import type { RecordedWorld } from './exploration.ts';
import type { WorldOutcome } from './one-world.ts';
import type { WorldShape } from './shape.ts';
import { shrinkBy, type Trials } from './shrink.ts';

const fates = ['runs', 'is lost', 'loses its answer', 'ends with its process'];
const statements = ['begin', 'look', 'read', 'write', 'pay', 'commit'];

/** One thing that happened: a statement of an order, and what became of it. */
interface Happened {
  readonly order: number;
  readonly statement: string;
  readonly fate: string;
}

/** Whether all that happened until now breaks the promise. */
type Breach = (happened: readonly Happened[], shape: WorldShape) => boolean;

/** An order has read before another one wrote, and writes after it. */
const losesUpdate: Breach = (happened) =>
  happened.some(({ order, statement }, index) => {
    if (statement !== 'write') return false;
    const read = happened.findIndex((one) => one.order === order && one.statement === 'read');
    return happened.slice(read, index).some((one) => one.statement === 'write' && one.order !== order);
  });

/** Each order on a session of its own; whoever is lost or dies does nothing more. */
const worldOf = (shape: WorldShape, chooser: Chooser, breaks: Breach): WorldOutcome => {
  const recorded = recording(chooser);
  const happened: Happened[] = [];
  const next = new Map(shape.ordinals.map((order) => [order, 0]));
  const brokenSince = new Map<string, Reached>();
  for (;;) {
    const options = [...next].flatMap(([order, nth]) => {
      const statement = statements[nth];
      return statement === undefined ? [] : [{ order, nth, statement, label: `w-${order} ${statement}` }];
    });
    if (options.length === 0) break;
    const turn = options[recorded.choose({ kind: 'schedule', options: options.map(({ label }) => label) })];
    if (turn === undefined) throw new RangeError('no such turn');
    const { order, nth, statement } = turn;
    const subject = `w-${order}`;
    const of = { subject, what: `w ${statement}` };
    const fate = fates[recorded.choose({ kind: 'statement', options: fates.map((one) => `${subject} ${one}`), of })];
    happened.push({ order, statement, fate: fate ?? '' });
    next.set(order, fate === 'runs' ? nth + 1 : statements.length);
    if (breaks(happened, shape) && brokenSince.size === 0)
      brokenSince.set('promise', { line: happened.length - 1, steps: 0, choices: recorded.taken.length });
  }
  return {
    fingerprint: breaks(happened, shape) ? ['promise'] : [],
    choices: recorded.taken,
    brokenSince,
    course: { steps: [], deaths: [] },
    digest: happened.map(({ order, statement, fate }) => `${order} ${statement} ${fate}`).join(),
    audits: [],
    testimonies: [],
    restless: [],
    books: emptyBooks,
    history: new History(),
    lines: [],
    counts: { statements: 0, waits: 0, parked: 0, deadlocks: 0 },
    harms: recorded.harms(),
    moves: new Map(),
  };
};

const fourOrders: WorldShape = { ordinals: [1, 2, 3, 4], hasGates: true, isHasty: true };

/** The first world of `chooserOf` that is broken, and how it is tried. */
const broken = (breaks: Breach, chooserOf: (seed: number) => Chooser) => {
  for (let seed = 1; seed < 1_000; seed += 1) {
    const outcome = worldOf(fourOrders, chooserOf(seed), breaks);
    if (outcome.fingerprint.length === 0) continue;
    const { choices, digest, fingerprint } = outcome;
    const world: RecordedWorld = { seed, shape: fourOrders, choices, digest, fingerprint };
    const watch = async () => worldOf(fourOrders, repeating(choices), breaks);
    const trials: Trials = { run: async (smaller, chooser) => worldOf(smaller, chooser, breaks), watch };
    return { world, trials };
  }
  throw new Error('no seed breaks it');
};

const unbounded = { isOver: () => false, told: () => {} };
const calmly = (seed: number): Chooser => {
  const schedule = uniformly(randomFrom(seed));
  return { choose: (point) => (point.kind === 'schedule' ? schedule.choose(point) : 0) };
};
const harmfully = (seed: number): Chooser => swarming(uniformly(randomFrom(seed)), randomFrom(-seed));

describe('shrinking', () => {
  test('leaves of a lost update two orders, one switch, and round amounts', async () => {
    const { world, trials } = broken(losesUpdate, calmly);
    const small = await shrinkBy(trials, world, unbounded);
    expect(small?.world).toMatchObject({ fingerprint: ['promise'], shape: { hasGates: false, isHasty: false } });
    expect(small?.world.shape.ordinals).toHaveLength(2);
    expect(small?.world.shape.hasRoundAmounts).toBe(true);
    expect(small?.deviations.length).toBeLessThanOrEqual(2);
    expect(small?.switches).toBe(1);
  });

  test('tries what came last before the breach alone, which no leaving out of parts would come to', async () => {
    const label = (name: string, count: number) =>
      Array.from({ length: count }, (_, index) => `w-${index + 1} ${name}`);
    const [noise, needed, after] = [label('noise', 30), label('needed', 6), label('after', 5)];
    const choices = [...noise, ...needed, ...after];
    /** Broken by all that is needed, with all of the noise or with none of it. */
    const run: Trials['run'] = async (_shape, chooser) => {
      const taken = choices.filter((one) => chooser.choose({ kind: 'schedule', options: ['w-0 goes on', one] }) === 1);
      const noises = taken.filter((one) => noise.includes(one)).length;
      const isBroken = needed.every((one) => taken.includes(one)) && (noises === 0 || noises === noise.length);
      return { ...worldOf(fourOrders, calmly(1), () => isBroken), choices: taken };
    };
    const world = { seed: 1, shape: fourOrders, choices, digest: '', fingerprint: ['promise'] };
    const watchedSince = (brokenSince: ReadonlyMap<string, Reached>) => async () => ({
      ...worldOf(fourOrders, calmly(1), () => true),
      choices,
      brokenSince,
    });
    const told = watchedSince(new Map([['promise', { line: 0, steps: 0, choices: noise.length + needed.length }]]));
    expect((await shrinkBy({ run, watch: told }, world, unbounded))?.deviations).toEqual(needed);
    const untold = watchedSince(new Map());
    expect((await shrinkBy({ run, watch: untold }, world, unbounded))?.deviations).toEqual([...noise, ...needed]);
  });

  test('takes a death that came with time for one that comes with a statement', async () => {
    const choices = Array.from({ length: 20 }, (_, index) => `w-${index + 1} goes on`);
    /** Broken by all of its choices, as a strike that was planned for a moment; or by a death after the payment. */
    const run: Trials['run'] = async (_shape, chooser) => {
      const taken = choices.filter((one) => chooser.choose({ kind: 'schedule', options: ['w-0 goes on', one] }) === 1);
      const fate = (statement: string) => {
        const options = ['w-1 runs', 'w-1 ends with its process'];
        return chooser.choose({ kind: 'statement', options, of: { subject: 'w-1', what: `w ${statement}` } });
      };
      const [, , early, , late] = ['pay', 'sign', 'commit', 'pay', 'commit'].map(fate);
      const isBroken = taken.length === choices.length || (early === 0 && late === 1);
      return { ...worldOf(fourOrders, calmly(1), () => isBroken), choices: taken, course };
    };
    const course = {
      steps: ['w-3 sign', 'w-3 pay', 'w-4 sign'],
      deaths: [{ role: 'w', steps: 2, choices: 20, pending: ['w-3 commit'] }],
    };
    const watch = () => expect.unreachable();
    const world = { seed: 1, shape: fourOrders, choices, digest: '', fingerprint: ['promise'] };
    const small = await shrinkBy({ run, watch }, world, unbounded);
    expect(small?.deviations).toEqual(['at w sign: runs', 'at w pay: runs', 'at w commit: ends with its process']);
  });

  test('takes a world that was broken by everything for one session that stood still before the breach', async () => {
    const choices = Array.from({ length: 20 }, (_, index) => `w-${index + 1} goes on`);
    const clock = 'clock goes to +600000 ms';
    /** Broken by all of its choices, or when time overtakes the session that has looked, not before. */
    const run: Trials['run'] = async (_shape, chooser) => {
      const taken = choices.filter((one) => chooser.choose({ kind: 'schedule', options: ['w-0 goes on', one] }) === 1);
      const isOvertakenBy = (step: string) => chooser.choose({ kind: 'schedule', options: [step, clock] }) === 1;
      const isEarly = isOvertakenBy('w-1 look');
      const options = ['w-1 runs', 'w-1 is lost'];
      chooser.choose({ kind: 'statement', options, of: { subject: 'w-1', what: 'w look' } });
      const isBroken = taken.length === choices.length || (!isEarly && isOvertakenBy('w-1 write'));
      return { ...worldOf(fourOrders, calmly(1), () => isBroken), choices: taken };
    };
    const brokenSince = new Map([['promise', { line: 0, steps: 2, choices: choices.length }]]);
    const course = { steps: ['w-3 look', 'timer fires', 'w-3 write'], deaths: [] };
    const watch = async () => ({ ...worldOf(fourOrders, calmly(1), () => true), choices, brokenSince, course });
    const world = { seed: 1, shape: fourOrders, choices, digest: '', fingerprint: ['promise'] };
    const small = await shrinkBy({ run, watch }, world, unbounded);
    expect(small?.deviations).toEqual(['at w look: runs', 'stands still for 600000 ms']);
  });

  test('aims a harm at what it strikes, forgets all others, and weakens it as far as it still breaks', async () => {
    const isUnpaid: Breach = (happened) =>
      happened.some(({ statement, fate }) => statement === 'pay' && (fate === 'is lost' || fate.startsWith('ends')));
    const dying = (seed: number): Chooser => {
      const [schedule, others] = [uniformly(randomFrom(seed)), randomFrom(seed).fork('others')];
      return {
        choose: (point) => {
          if (point.kind === 'schedule') return schedule.choose(point);
          if (point.of?.what === 'w pay') return fates.indexOf('ends with its process');
          return point.of?.what === 'w look' && others.unit() < 0.5 ? fates.indexOf('loses its answer') : 0;
        },
      };
    };
    const { world, trials } = broken(isUnpaid, dying);
    expect(world.choices.filter((choice) => choice.endsWith('answer')).length).toBeGreaterThan(0);
    const small = await shrinkBy(trials, world, unbounded);
    expect(small?.deviations).toEqual(['at w pay: is lost']);
    expect([small?.world.shape.ordinals.length, small?.switches]).toEqual([1, 0]);
  });

  test('keeps what a breach needs: a death that nothing weaker replaces, and amounts that are not round', async () => {
    const needsDeath: Breach = (happened, { hasRoundAmounts }) =>
      hasRoundAmounts !== true && happened.some(({ fate }) => fate.startsWith('ends'));
    const { world, trials } = broken(needsDeath, harmfully);
    const small = await shrinkBy(trials, world, unbounded);
    expect(small?.deviations).toHaveLength(1);
    expect(small?.deviations[0]).toMatch(/^at w \w+: ends with its process$/);
    expect(small?.world.shape.hasRoundAmounts).toBeUndefined();
  });

  test('says nothing of a world that its own choices do not break again', async () => {
    const { world, trials } = broken(losesUpdate, calmly);
    const sound = { ...trials, run: async (smaller: WorldShape) => worldOf(smaller, calmly(1), () => false) };
    expect(await shrinkBy(sound, world, unbounded)).toBeUndefined();
  });
});
