import type { Labels } from '../labels.ts';
import type { Sampled, SampleStore } from '../store.ts';

/** One element of a vector. `sampledMs` is set only on what a selector itself found. */
export interface Sample {
  readonly labels: Labels;
  readonly value: number;
  readonly sampledMs?: number;
}

/** The samples of one series within (fromMs, untilMs]; at least one. */
export interface Window {
  readonly labels: Labels;
  readonly points: readonly Sampled[];
  readonly fromMs: number;
  readonly untilMs: number;
}

/** What a query answers. Vectors are in no particular order. */
export type Answer =
  | { readonly type: 'scalar'; readonly value: number }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'vector'; readonly samples: readonly Sample[] };

/** What an expression amounts to within an evaluation. */
export type Value = Answer | { readonly type: 'matrix'; readonly windows: readonly Window[] };

/** What an evaluation looks at; `fail` makes the error for samples that have no answer. */
export interface Context {
  readonly store: SampleStore;
  readonly atMs: number;
  readonly lookbackMs: number;
  fail(problem: string): Error;
}

/** A scalar value. */
export const scalar = (value: number): Value => ({ type: 'scalar', value });

/** A vector value. */
export const vector = (samples: readonly Sample[]): Value => ({ type: 'vector', samples });

/** The number of a value that the type check found to be a scalar. */
export const numberIn = (value: Value | undefined): number => (value?.type === 'scalar' ? value.value : Number.NaN);

/** The samples of a value that the type check found to be a vector. */
export const samplesIn = (value: Value | undefined): readonly Sample[] =>
  value?.type === 'vector' ? value.samples : [];

/** The windows of a value that the type check found to be a matrix. */
export const windowsIn = (value: Value | undefined): readonly Window[] =>
  value?.type === 'matrix' ? value.windows : [];
