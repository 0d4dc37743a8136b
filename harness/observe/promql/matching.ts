import { dropLabels, keepLabels, type Labels, labelOf, nameLabel, seriesText, withLabels } from '../labels.ts';
import type { Binary, Matching, SetOperator } from './ast.ts';
import { calculate, isComparison } from './operators.ts';
import type { Context, Sample } from './values.ts';

/** The labels by which a series finds its partners. */
const matchLabels = ({ on, labels }: Matching, series: Labels): Labels =>
  on ? keepLabels(series, labels) : dropLabels(series, [...labels, nameLabel]);

const matchText = (matching: Matching, { labels }: Sample): string => seriesText(matchLabels(matching, labels));

/** `and`, `or`, `unless` between two vectors; samples pass unchanged. */
export const combineSets = (
  operator: SetOperator,
  matching: Matching,
  left: readonly Sample[],
  right: readonly Sample[],
): readonly Sample[] => {
  const inLeft = new Set(left.map((sample) => matchText(matching, sample)));
  const inRight = new Set(right.map((sample) => matchText(matching, sample)));
  if (operator === 'and') return left.filter((sample) => inRight.has(matchText(matching, sample)));
  if (operator === 'unless') return left.filter((sample) => !inRight.has(matchText(matching, sample)));
  return [...left, ...right.filter((sample) => !inLeft.has(matchText(matching, sample)))];
};

/** The labels of a result: those of the "many" side, or of the match when there is none, and the copied ones. */
const resultLabels = ({ operator, bool, matching }: Binary, many: Labels, one: Labels): Labels => {
  const kept = isComparison(operator) && !bool ? many : dropLabels(many, [nameLabel]);
  if (matching.many !== 'neither') {
    return withLabels(kept, Object.fromEntries(matching.copied.map((label) => [label, labelOf(one, label)])));
  }
  return matching.on ? keepLabels(kept, matching.labels) : dropLabels(kept, matching.labels);
};

/** The samples of the side that has to be unique, by match; throws when two of them share a match. */
const indexOne = (context: Context, { matching }: Binary, samples: readonly Sample[]): Map<string, Sample> => {
  const index = new Map<string, Sample>();
  for (const sample of samples) {
    const text = matchText(matching, sample);
    const other = index.get(text);
    if (other) {
      const both = [seriesText(other.labels), seriesText(sample.labels)].sort().join(' and ');
      const side = matching.many === 'right' ? 'left' : 'right';
      throw context.fail(`on the ${side} side both ${both} match ${text}; many-to-many matching is not allowed`);
    }
    index.set(text, sample);
  }
  return index;
};

/** An arithmetic or comparison operator between two vectors; throws where a match is not unique. */
export const matchVectors = (
  context: Context,
  binary: Binary,
  left: readonly Sample[],
  right: readonly Sample[],
): readonly Sample[] => {
  if (left.length === 0 || right.length === 0) return [];
  const { matching, operator, bool } = binary;
  const swapped = matching.many === 'right';
  const ones = indexOne(context, binary, swapped ? left : right);
  const taken = new Set<string>();
  const results: Sample[] = [];
  for (const many of swapped ? right : left) {
    const text = matchText(matching, many);
    const one = ones.get(text);
    if (!one) continue;
    const [leftValue, rightValue] = swapped ? [one.value, many.value] : [many.value, one.value];
    const calculated = calculate(operator, leftValue, rightValue);
    const labels = resultLabels(binary, many.labels, one.labels);
    // Two results of one match are an error even where a filter would drop one of them, as in Prometheus.
    const key = matching.many === 'neither' ? text : `${text} ${seriesText(labels)}`;
    if (taken.has(key)) {
      const remedy =
        matching.many === 'neither' ? 'say group_left or group_right' : 'the labels have to tell them apart';
      throw context.fail(`several series match ${text}; ${remedy}`);
    }
    taken.add(key);
    if (!isComparison(operator) || bool) results.push({ labels, value: calculated });
    else if (calculated === 1) results.push({ labels, value: leftValue });
  }
  return results;
};
