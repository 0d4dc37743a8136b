import type { Labels } from './labels.ts';
import type { SampleStore, Series } from './store.ts';

/** A label set and its value at some moment. */
export interface Reading {
  readonly labels: Labels;
  readonly value: number;
}

/** Something that tells all of its series at once: a metrics page, a rule. */
export interface Source {
  /** Stores `readings` at `timestampMs`, and a stale marker for each series that was told before and is not now. */
  tell(readings: readonly Reading[], timestampMs: number): void;
}

/** A source that writes into `store`. */
export const createSource = (store: SampleStore): Source => {
  let told = new Set<Series>();
  return {
    tell: (readings, timestampMs) => {
      const now = new Set(readings.map(({ labels, value }) => store.append(labels, timestampMs, value)));
      for (const gone of told) if (!now.has(gone)) store.append(gone.labels, timestampMs, null);
      told = now;
    },
  };
};
