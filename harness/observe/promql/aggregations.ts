import { dropLabels, keepLabels, type Labels, nameLabel, seriesText } from '../labels.ts';
import type { Aggregate } from './ast.ts';
import { greatestOf, leastOf, meanOf, sumOf } from './sums.ts';
import type { Sample } from './values.ts';

/** All aggregations: from the values of a group, at least one, to the value of the group. */
export const aggregations: Readonly<Record<string, (values: readonly number[]) => number>> = {
  sum: sumOf,
  min: leastOf,
  max: greatestOf,
  avg: meanOf,
  count: (values) => values.length,
  group: () => 1,
};

/** One sample per group of `samples`. */
export const aggregate = (
  { operator, without, labels }: Pick<Aggregate, 'operator' | 'without' | 'labels'>,
  samples: readonly Sample[],
): readonly Sample[] => {
  const groups = new Map<string, { labels: Labels; values: number[] }>();
  const dropped = [...labels, nameLabel];
  for (const sample of samples) {
    const kept = without ? dropLabels(sample.labels, dropped) : keepLabels(sample.labels, labels);
    const text = seriesText(kept);
    const group = groups.get(text);
    if (group) group.values.push(sample.value);
    else groups.set(text, { labels: kept, values: [sample.value] });
  }
  const combine = aggregations[operator] as (typeof aggregations)[string];
  return [...groups.values()].map((group) => ({ labels: group.labels, value: combine(group.values) }));
};
