/** What a broken world may come down to: one session that died, or stood still, between two of its statements. */
import { actorOf, type Choices } from '../simulate/choices.ts';
import { aimAt, standsStill } from '../simulate/milestones.ts';

const isOfSession = (step: string): boolean => /-\d+$/.test(actorOf(step));

const roleOf = (step: string): string => actorOf(step).replace(/-\d+$/, '');

/** A process that died. */
export interface Death {
  /** Steps that had been taken, and choices that had been made. */
  readonly steps: number;
  readonly choices: number;
  readonly role: string;
  /** Steps of its sessions that were possible: statements that were not sent any more. */
  readonly pending: readonly string[];
}

/** The steps of a world, in order, and who died in them. */
export interface Course {
  readonly steps: readonly string[];
  readonly deaths: readonly Death[];
}

/** Writes down the course of a world from its beginning. */
export class CourseWatch implements Course {
  readonly steps: string[] = [];
  readonly deaths: Death[] = [];
  #linesSeen = 0;

  /** Hears of a step once it was taken: `possible` were it and others, `choices` had been made, `lines` written. */
  took(step: string, possible: readonly string[], choices: number, lines: readonly string[]): void {
    for (const line of lines.slice(this.#linesSeen)) {
      const [, role] = /^(\S+) dies$/.exec(line) ?? [];
      if (role === undefined) continue;
      const pending = possible.filter((one) => one !== step && isOfSession(one) && roleOf(one) === role);
      this.deaths.push({ role, pending, steps: this.steps.length, choices });
    }
    this.#linesSeen = lines.length;
    this.steps.push(step);
  }
}

/** A session is told by its last statements: whatever is more often in a world, they are rarely together. */
const statementsTelling = 2;
/** So many steps before the breach somebody may have stood still; longer than any lease, in milliseconds. */
const pausesWithin = 30;
const pauseMs = 600_000;

/** The session of `step` has just done what it did before the first `count` of `steps` were over. */
const upTo = (steps: readonly string[], count: number, step: string): Choices =>
  steps
    .slice(0, count)
    .filter((one) => actorOf(one) === actorOf(step))
    .slice(-statementsTelling)
    .map((one) => aimAt(one, 'runs'));

/** Each death as a harm that comes to a statement: by itself it may be a matter of time, as a planned strike is. */
export const byDeaths = ({ steps, deaths }: Course): readonly Choices[] =>
  deaths.flatMap(({ steps: count, pending }) =>
    pending.map((step) => [...upTo(steps, count, step), aimAt(step, 'ends with its process')]),
  );

/** A session that stands still before one of the last of these steps, the last one first. */
export const byPauses = ({ steps }: Pick<Course, 'steps'>): readonly Choices[] => {
  const last = [...steps.keys()].slice(-pausesWithin).reverse();
  return last.flatMap((at) => {
    const step = steps[at] ?? '';
    return isOfSession(step) ? [[...upTo(steps, at, step), aimAt(step, 'runs'), standsStill(pauseMs)]] : [];
  });
};
