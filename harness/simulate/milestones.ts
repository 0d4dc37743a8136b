/** A schedule by its milestones: what has to happen in this order; everything else is what disturbs least. */
import { actorOf, type ChoicePoint, type Choices, type Chooser, timeOf } from './choices.ts';

/** A chooser that also tells which of its milestones were needed to leave the usual way. */
export interface Guided extends Chooser {
  /** Milestones that were not what disturbs least anyway, and those that are told by an aim; in order. */
  readonly deviations: Choices;
  /** Those of them that are a harm, not a turn. */
  readonly harms: ReadonlySet<string>;
  /** All that came to harm, in order, by what was struck: see `aimOf`. */
  readonly aims: Choices;
  /** How often a session that could have gone on had to wait for another one. */
  switches(): number;
}

/** The milestone that a step of a session meets this fate, whichever session of its role takes it. */
export const aimAt = (step: string, fate: string): string => `at ${step.replace(/-\d+ /, ' ')}: ${fate}`;

/** The milestone that the session whose fate was the one before stands still for so long, and others go on. */
export const standsStill = (forMs: number): string => `stands still for ${forMs} ms`;

const pauseOf = (milestone: string | undefined): number | undefined => {
  const [, ms] = /^stands still for (\d+) ms$/.exec(milestone ?? '') ?? [];
  return ms === undefined ? undefined : Number(ms);
};

/** A fate by what it is about, whoever does it: `at webhooks insert into t: is lost`; as it is if nobody knows. */
const aimOf = ({ options, of }: ChoicePoint, index: number): string => {
  const option = options[index] ?? '';
  return of === undefined ? option : `at ${of.what}:${option.slice(of.subject.length)}`;
};

const indexOf = (point: ChoicePoint, milestone: string): number => {
  const index = point.options.indexOf(milestone);
  if (index >= 0 || point.of === undefined || !milestone.startsWith('at ')) return index;
  return point.options.findIndex((_option, at) => aimOf(point, at) === milestone);
};

const isSession = (actor: string): boolean => /-\d+$/.test(actor);

class ByMilestones implements Guided {
  readonly deviations: string[] = [];
  readonly harms = new Set<string>();
  readonly aims: string[] = [];
  readonly #milestones: Choices;
  readonly #left = new Map<string, number>();
  #next = 0;
  #switches = 0;
  #last = '';
  #nowMs = 0;
  /** Whose fate the milestone before was, and when. */
  #before = { session: '', atMs: 0 };

  constructor(milestones: Choices) {
    this.#milestones = milestones;
    for (const each of milestones) this.#left.set(each, (this.#left.get(each) ?? 0) + 1);
  }

  switches(): number {
    return this.#switches;
  }

  choose(point: ChoicePoint): number {
    const index = this.#pick(point);
    if (point.kind === 'schedule') this.#went(point.options[index] ?? '', point.options);
    return index;
  }

  #went(option: string, options: readonly string[]): void {
    const chosen = actorOf(option);
    const isLeft = isSession(this.#last) && chosen !== this.#last && options.some((one) => actorOf(one) === this.#last);
    if (isLeft) this.#switches += 1;
    this.#last = chosen;
    this.#nowMs = timeOf(option) ?? this.#nowMs;
  }

  #isFree(option: string): boolean {
    const isStanding = pauseOf(this.#milestones[this.#next]) !== undefined && actorOf(option) === this.#before.session;
    return !isStanding && (this.#left.get(option) ?? 0) === 0;
  }

  /** Time comes last: ahead of an actor it would starve it, for it never ends. */
  #usual({ kind, options }: ChoicePoint): number {
    if (kind !== 'schedule') return 0;
    const others = options.filter((option) => timeOf(option) === undefined);
    const same = others.filter((option) => actorOf(option) === this.#last);
    const free = [...same, ...others, ...options].find((option) => this.#isFree(option));
    return options.indexOf(free ?? same[0] ?? options[0] ?? '');
  }

  #indexOf(point: ChoicePoint, milestone: string): number {
    const pauseMs = pauseOf(milestone);
    if (pauseMs === undefined) return indexOf(point, milestone);
    const untilMs = this.#before.atMs + pauseMs;
    return point.options.findIndex((option) => (timeOf(option) ?? 0) >= untilMs);
  }

  #pick(point: ChoicePoint): number {
    const milestone = this.#milestones[this.#next];
    const index = milestone === undefined ? -1 : this.#indexOf(point, milestone);
    // As in a record, a point with a single option is no choice.
    if (milestone === undefined || index < 0 || point.options.length === 1) return this.#usual(point);
    this.#next += 1;
    this.#left.set(milestone, (this.#left.get(milestone) ?? 1) - 1);
    this.#before = { session: point.of?.subject ?? '', atMs: this.#nowMs };
    const isRecorded = milestone === point.options[index];
    if (isRecorded && this.#usual(point) === index) return index;
    this.deviations.push(milestone);
    if (point.kind === 'schedule' || index === 0) return index;
    this.harms.add(milestone);
    this.aims.push(aimOf(point, index));
    return index;
  }
}

/**
 * Takes the next of `milestones` at the first point at which it is possible; a fate may be told as its aim. Everywhere
 * else nothing comes to harm and the actor that went on before goes on, unless it stands still or would run into a
 * milestone whose turn has not come.
 */
export const guidedBy = (milestones: Choices): Guided => new ByMilestones(milestones);
