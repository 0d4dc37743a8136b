/** A schedule by its milestones: what has to happen in this order; everything else is what disturbs least. */
import { actorOf, type ChoicePoint, type Choices, type Chooser } from './choices.ts';

/** A chooser that also tells which of its milestones were needed to leave the usual way. */
export interface Guided extends Chooser {
  /** What was taken although it is not what disturbs least: the milestones that mattered, in order. */
  readonly deviations: Choices;
  /** Those of them that are a harm, not a turn. */
  readonly harms: ReadonlySet<string>;
}

/**
 * Takes the next of `milestones` at the first point at which it is possible. Everywhere else nothing comes to harm and
 * the actor that went on before goes on, unless it would run into a milestone whose turn has not come.
 */
export const guidedBy = (milestones: Choices): Guided => {
  const left = new Map<string, number>();
  for (const each of milestones) left.set(each, (left.get(each) ?? 0) + 1);
  const deviations: string[] = [];
  const harms = new Set<string>();
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
    const index = milestone === undefined ? -1 : point.options.indexOf(milestone);
    // As in a record, a point with a single option is no choice.
    if (milestone === undefined || index < 0 || point.options.length === 1) return usual(point);
    pass(milestone);
    if (usual(point) === index) return index;
    deviations.push(milestone);
    if (point.kind !== 'schedule') harms.add(milestone);
    return index;
  };
  return {
    deviations,
    harms,
    choose: (point) => {
      const index = pick(point);
      if (point.kind === 'schedule') last = actorOf(point.options[index] ?? '');
      return index;
    },
  };
};
