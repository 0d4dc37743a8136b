import { seriesText } from './labels.ts';
import type { SampleStore } from './store.ts';
import { formatValue } from './value.ts';

/**
 * All samples of a store as OpenMetrics text: one line each, time in seconds, series by series.
 * `promtool tsdb create-blocks-from openmetrics` loads it. Stale markers have no place in the format and are left out.
 */
export const toOpenMetrics = (store: SampleStore): string => {
  const named = store.select([]).map((series) => ({ text: seriesText(series.labels), points: series.points }));
  const lines: string[] = [];
  for (const { text, points } of named.sort((a, b) => (a.text < b.text ? -1 : 1))) {
    for (const { value, timestampMs } of points) {
      if (value !== null) lines.push(`${text} ${formatValue(value)} ${timestampMs / 1000}\n`);
    }
  }
  return `${lines.join('')}# EOF\n`;
};
