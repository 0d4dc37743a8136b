import { dropLabels, type Labels, labelOf, nameLabel, seriesText } from '../labels.ts';
import { parseValue } from '../value.ts';
import type { Sample } from './values.ts';

interface Bucket {
  readonly upper: number;
  readonly count: number;
}

/** Differences of counts below this share are rounding, in either direction. */
const tolerance = 1e-12;
/** The smallest normal double: near zero a share says nothing. */
const smallestNormal = 2.2250738585072014e-308;

const nearlyEqual = (a: number, b: number): boolean => {
  if (a === b) return true;
  const difference = Math.abs(a - b);
  const size = Math.abs(a) + Math.abs(b);
  if (a === 0 || b === 0 || size < smallestNormal) return difference < tolerance * smallestNormal;
  return difference / Math.min(size, Number.MAX_VALUE) < tolerance;
};

/** Sorted by bound, equal bounds added up, counts never falling. */
const tidy = (buckets: readonly Bucket[]): readonly Bucket[] => {
  const merged: Bucket[] = [];
  for (const bucket of buckets.toSorted((a, b) => (a.upper === b.upper ? 0 : a.upper - b.upper))) {
    const last = merged.at(-1);
    if (last?.upper === bucket.upper) merged[merged.length - 1] = { ...last, count: last.count + bucket.count };
    else merged.push(bucket);
  }
  let reached = merged[0]?.count ?? 0;
  return merged.map(({ upper, count }) => {
    if (!(count < reached || nearlyEqual(reached, count))) reached = count;
    return { upper, count: reached };
  });
};

/** The quantile of one classic histogram, interpolated linearly within its bucket. */
const quantileOf = (quantile: number, buckets: readonly Bucket[]): number => {
  if (Number.isNaN(quantile)) return Number.NaN;
  if (quantile < 0) return Number.NEGATIVE_INFINITY;
  if (quantile > 1) return Number.POSITIVE_INFINITY;
  const tidied = tidy(buckets);
  const last = tidied.at(-1);
  if (tidied.length < 2 || last?.upper !== Number.POSITIVE_INFINITY || last.count === 0) return Number.NaN;
  const rank = quantile * last.count;
  const found = tidied.findIndex(({ count }) => count >= rank);
  if (found === -1 || found === tidied.length - 1) return (tidied.at(-2) as Bucket).upper;
  const bucket = tidied[found] as Bucket;
  const below = tidied[found - 1];
  if (below === undefined && bucket.upper <= 0) return bucket.upper;
  const start = below?.upper ?? 0;
  const share = (rank - (below?.count ?? 0)) / (bucket.count - (below?.count ?? 0));
  return start + (bucket.upper - start) * share;
};

/**
 * `histogram_quantile` of classic histograms: one sample per set of series that differ in `le` alone. Series without
 * a numeric `le` take no part; without a bucket `+Inf`, or without observations, the answer is NaN.
 */
export const histogramQuantile = (quantile: number, samples: readonly Sample[]): readonly Sample[] => {
  const histograms = new Map<string, { labels: Labels; buckets: Bucket[] }>();
  for (const { labels, value } of samples) {
    const upper = parseValue(labelOf(labels, 'le'));
    if (upper === undefined) continue;
    const text = seriesText(dropLabels(labels, ['le']));
    const histogram = histograms.get(text) ?? { labels: dropLabels(labels, ['le', nameLabel]), buckets: [] };
    histogram.buckets.push({ upper, count: value });
    histograms.set(text, histogram);
  }
  return [...histograms.values()].map(({ labels, buckets }) => ({ labels, value: quantileOf(quantile, buckets) }));
};
