/**
 * Test clocks: ready at a frozen time, advancing for a moment once they are told to go on, then ready again. At the
 * vendor they move customers and subscriptions; of what is served here, nothing hangs on one.
 */
import type { Clock } from '#harness/clock';
import { advancingMs, clockLivesMs, type Refusal, refusals } from './quirks.ts';
import type { MakeId } from './states.ts';
import type { Form } from './wire.ts';

interface TestClock {
  readonly id: string;
  readonly name: string | null;
  readonly createdMs: number;
  frozenS: number;
  /** Until then it is advancing. */
  readyMs: number;
}

/** The test clocks of the account. Each step is told as a notice. */
export interface TestClocks {
  /** Oldest first. */
  all(): readonly { readonly id: string; readonly created: number }[];
  create(form: Form): object | Refusal;
  read(id: string): object | Refusal;
  advance(id: string, form: Form): object | Refusal;
  remove(id: string): object | Refusal;
}

const readFrozen = (form: Form): number | Refusal => {
  const given = form.get('frozen_time');
  if (given === undefined) return refusals.missing('frozen_time');
  return /^\d{1,12}$/.test(given) ? Number(given) : refusals.integer('frozen_time', given);
};

/** No clocks yet. */
export const openTestClocks = (
  clock: Clock,
  makeId: MakeId,
  tell: (type: string, object: object) => void,
): TestClocks => {
  const clocks = new Map<string, TestClock>();
  const fieldsOf = ({ id, name, createdMs, frozenS, readyMs }: TestClock) => ({
    id,
    object: 'test_helpers.test_clock',
    created: Math.trunc(createdMs / 1_000),
    deletes_after: Math.trunc((createdMs + clockLivesMs) / 1_000),
    frozen_time: frozenS,
    livemode: false,
    name,
    status: clock.nowMs() < readyMs ? 'advancing' : 'ready',
  });
  const onClock = (id: string, act: (found: TestClock) => object | Refusal): object | Refusal => {
    const found = clocks.get(id);
    return found === undefined ? refusals.noSuch('testhelpers.testclock', id, 'test_clock') : act(found);
  };

  return {
    all: () => [...clocks.values()].map(fieldsOf),
    create: (form) => {
      const frozenS = readFrozen(form);
      if (typeof frozenS !== 'number') return frozenS;
      const now = { createdMs: clock.nowMs(), readyMs: clock.nowMs() };
      const made: TestClock = { id: makeId('clock_'), name: form.get('name') ?? null, frozenS, ...now };
      clocks.set(made.id, made);
      tell('test_helpers.test_clock.created', fieldsOf(made));
      return fieldsOf(made);
    },
    read: (id) => onClock(id, fieldsOf),
    advance: (id, form) =>
      onClock(id, (found) => {
        const frozenS = readFrozen(form);
        if (typeof frozenS !== 'number') return frozenS;
        if (clock.nowMs() < found.readyMs) return refusals.clockAdvancing(id);
        if (frozenS <= found.frozenS) return refusals.clockBackwards;
        Object.assign(found, { frozenS, readyMs: clock.nowMs() + advancingMs });
        tell('test_helpers.test_clock.advancing', fieldsOf(found));
        return fieldsOf(found);
      }),
    remove: (id) =>
      onClock(id, (found) => {
        clocks.delete(id);
        tell('test_helpers.test_clock.deleted', fieldsOf(found));
        return { id, object: 'test_helpers.test_clock', deleted: true };
      }),
  };
};
