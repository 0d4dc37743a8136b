/** What k6 counted, from the file that its `--summary-export` writes. */

/** A threshold of the script, and what came of it. */
export interface Threshold {
  /** The metric, with its tags where the threshold is about some samples only: `http_req_duration{name:create}`. */
  readonly metric: string;
  /** As the script has it: `rate>0.99`. */
  readonly condition: string;
  readonly passed: boolean;
  /** What the condition was asked of; left out where the summary does not have it. */
  readonly value?: number;
}

/** A summary, as far as it is read here. */
export interface K6Summary {
  readonly iterations: number;
  readonly thresholds: readonly Threshold[];
}

/** A metric as k6 writes it: numbers by name; `thresholds` says of each whether it FAILED. */
type Metric = Readonly<Record<string, unknown>> & { readonly thresholds?: Readonly<Record<string, boolean>> };

const numberIn = (metric: Metric, name: string): number | undefined => {
  const value = metric[name];
  return typeof value === 'number' ? value : undefined;
};

/** What a condition begins with: `rate`, `p(95)`. Of a rate the file has `value`, of a counter `rate`, per second. */
const valueFor = (metric: Metric, condition: string): number | undefined => {
  const [name = ''] = /^\s*[a-z]+(\([\d.]+\))?/.exec(condition) ?? [];
  return numberIn(metric, name.trim()) ?? (name.trim() === 'rate' ? numberIn(metric, 'value') : undefined);
};

const thresholdsOf = ([name, metric]: readonly [string, Metric]): Threshold[] =>
  Object.entries(metric.thresholds ?? {}).map(([condition, hasFailed]) => {
    const value = valueFor(metric, condition);
    return { metric: name, condition, passed: !hasFailed, ...(value === undefined ? {} : { value }) };
  });

/**
 * Reads a summary; thresholds are sorted by metric. Undefined when `text` is none: k6 writes nothing, or something
 * without metrics by name, when `K6_SUMMARY_MODE` or `K6_NEW_MACHINE_READABLE_SUMMARY` say so.
 */
export const readSummary = (text: string): K6Summary | undefined => {
  let metrics: Readonly<Record<string, Metric>> | undefined;
  try {
    ({ metrics } = JSON.parse(text) as { metrics?: Readonly<Record<string, Metric>> });
  } catch {
    return undefined;
  }
  if (metrics === undefined) return undefined;
  const sorted = Object.entries(metrics).sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    iterations: numberIn(metrics.iterations ?? {}, 'count') ?? 0,
    thresholds: sorted.flatMap(thresholdsOf),
  };
};
