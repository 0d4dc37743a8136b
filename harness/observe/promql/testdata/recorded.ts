/** The samples of a run, as its `metrics.om` has them, for both judges. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseExposition } from '../../exposition.ts';
import type { Labels } from '../../labels.ts';
import { createStore, type SampleStore } from '../../store.ts';

/** A store with all samples of OpenMetrics text; throws on a line without a timestamp. */
export const storeOf = (openMetrics: string): SampleStore => {
  const store = createStore();
  const known = new Map<string, Labels>();
  for (const line of openMetrics.split('\n').filter((text) => text !== '' && !text.startsWith('#'))) {
    const [, series, value, seconds] = /^(.*) (\S+) (\d+(?:\.\d+)?)$/.exec(line) ?? [];
    if (series === undefined) throw new TypeError(`this is no sample with a timestamp: ${line}`);
    const [reading] = parseExposition('metrics.om', `${series} ${value}`);
    if (reading === undefined) throw new TypeError(`this is no sample: ${line}`);
    const labels = known.get(series) ?? reading.labels;
    known.set(series, labels);
    store.append(labels, Math.round(Number(seconds) * 1000), reading.value);
  }
  return store;
};

/** Has promtool make data of a Prometheus of OpenMetrics text, in the folder `data`; throws its complaints. */
export const createBlocks = (promtool: string, openMetrics: string, data: string): void => {
  const folder = mkdtempSync(join(tmpdir(), 'topple-recorded-'));
  try {
    const file = join(folder, 'metrics.om');
    writeFileSync(file, openMetrics);
    execFileSync(promtool, ['tsdb', 'create-blocks-from', 'openmetrics', file, data], { stdio: 'pipe' });
  } finally {
    rmSync(folder, { recursive: true });
  }
};
