/** A schedule by its milestones: what has to happen in this order; everything else is what disturbs least. */
import { actorOf, type ChoicePoint, type Choices, type Chooser } from './choices.ts';

/** A chooser that also tells which of its milestones were needed to leave the usual way. */
export interface Guided extends Chooser {
  /** What was taken although it is not what disturbs least: the milestones that mattered, in order. */
  readonly deviations: Choices;
  /** Those of them that are a harm, not a turn. */
  readonly harms: ReadonlySet<string>;
  /** All that came to harm, in order, by what was struck: see `aimOf`. */
  readonly aims: Choices;
  /** How often a session that could have gone on had to wait for another one. */
  switches(): number;
}

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

/**
 * Takes the next of `milestones` at the first point at which it is possible; a harm may be told as its aim. Everywhere
 * else nothing comes to harm and the actor that went on before goes on, unless it would run into a milestone whose turn
 * has not come.
 */
export const guidedBy = (milestones: Choices): Guided => {
  const left = new Map<string, number>();
  for (const each of milestones) left.set(each, (left.get(each) ?? 0) + 1);
  const deviations: string[] = [];
  const harms = new Set<string>();
  const aims: string[] = [];
  let switches = 0;
  let next = 0;
  let last = '';
  const isFree = (option: string): boolean => (left.get(option) ?? 0) === 0;
  const usual = ({ kind, options }: ChoicePoint): number => {
    if (kind !== 'schedule') return 0;
    const same = options.filter((option) => actorOf(option) === last);
    const choice = same.find(isFree) ?? options.find(isFree) ?? same[0] ?? options[0] ?? '';
    return options.indexOf(choice);
  };
  const pass = (milestone: string): void => {
    next += 1;
    left.set(milestone, (left.get(milestone) ?? 1) - 1);
  };
  const pick = (point: ChoicePoint): number => {
    const milestone = milestones[next];
    const index = milestone === undefined ? -1 : indexOf(point, milestone);
    // As in a record, a point with a single option is no choice.
    if (milestone === undefined || index < 0 || point.options.length === 1) return usual(point);
    pass(milestone);
    if (usual(point) === index) return index;
    deviations.push(milestone);
    if (point.kind === 'schedule') return index;
    harms.add(milestone);
    aims.push(aimOf(point, index));
    return index;
  };
  return {
    deviations,
    harms,
    aims,
    switches: () => switches,
    choose: (point) => {
      const index = pick(point);
      if (point.kind !== 'schedule') return index;
      const chosen = actorOf(point.options[index] ?? '');
      const isLeft = isSession(last) && chosen !== last && point.options.some((option) => actorOf(option) === last);
      if (isLeft) switches += 1;
      last = chosen;
      return index;
    },
  };
};
