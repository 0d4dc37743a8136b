import { type Labels, labelOf, nameLabel, seriesText } from './labels.ts';
import { type Matcher, matchesAll } from './matcher.ts';

/** One sample; the value null is a stale marker: from here on the series has ended. */
export interface Point {
  readonly timestampMs: number;
  readonly value: number | null;
}

/** A sample that is no stale marker. */
export interface Sampled extends Point {
  readonly value: number;
}

/** A series with its points in order of time. */
export interface Series {
  readonly labels: Labels;
  readonly points: readonly Point[];
}

/** Samples of a run, in memory, per series. */
export interface SampleStore {
  /**
   * Adds a sample to the series with these labels, and returns the series. A sample at the time of the latest one
   * replaces it; an earlier one throws a RangeError, for the past of a series is settled.
   */
  append(labels: Labels, timestampMs: number, value: number | null): Series;
  /** The series for which all matchers hold, in the order of their first sample. */
  select(matchers: readonly Matcher[]): readonly Series[];
}

type Growing = Series & { readonly points: Point[] };

const put = (series: Growing, point: Point): void => {
  const latest = series.points.at(-1);
  if (latest !== undefined && latest.timestampMs > point.timestampMs) {
    const lag = latest.timestampMs - point.timestampMs;
    throw new RangeError(`a sample of ${seriesText(series.labels)} is ${lag} ms older than the latest of its series`);
  }
  if (latest?.timestampMs === point.timestampMs) series.points.pop();
  series.points.push(point);
};

/** An empty store. */
export const createStore = (): SampleStore => {
  const byText = new Map<string, Growing>();
  // Who appends again and again keeps the label objects; then their text need not be made anew.
  const byObject = new WeakMap<Labels, Growing>();
  const byName = new Map<string, Growing[]>();
  const open = (labels: Labels, text: string): Growing => {
    const series: Growing = { labels, points: [] };
    byText.set(text, series);
    const name = labelOf(labels, nameLabel);
    const named = byName.get(name);
    if (named) named.push(series);
    else byName.set(name, [series]);
    return series;
  };
  return {
    append: (labels, timestampMs, value) => {
      let series = byObject.get(labels);
      if (!series) {
        const text = seriesText(labels);
        series = byText.get(text) ?? open(labels, text);
        byObject.set(labels, series);
      }
      put(series, { timestampMs, value });
      return series;
    },
    select: (matchers) => {
      const exact = matchers.find((matcher) => matcher.name === nameLabel && matcher.operator === '=');
      const candidates = exact ? (byName.get(exact.value) ?? []) : [...byText.values()];
      return candidates.filter((series) => matchesAll(matchers, series.labels));
    },
  };
};

/** How many points of a series are at or before `timestampMs`. */
const countUntil = (points: readonly Point[], timestampMs: number): number => {
  let low = 0;
  let high = points.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((points[middle] as Point).timestampMs <= timestampMs) low = middle + 1;
    else high = middle;
  }
  return low;
};

/** The latest sample in (atMs - lookbackMs, atMs], or undefined when there is none or the series has ended. */
export const latestPoint = (series: Series, atMs: number, lookbackMs: number): Sampled | undefined => {
  const point = series.points[countUntil(series.points, atMs) - 1];
  if (point === undefined || point.value === null || point.timestampMs <= atMs - lookbackMs) return undefined;
  return point as Sampled;
};

/** The samples in (afterMs, untilMs], without stale markers; the left end is open, as in Prometheus 3. */
export const pointsWithin = (series: Series, afterMs: number, untilMs: number): readonly Sampled[] =>
  series.points
    .slice(countUntil(series.points, afterMs), countUntil(series.points, untilMs))
    .filter((point): point is Sampled => point.value !== null);
