/** One time axis for all pictures of a report: the run from its start to its end, and the times of its faults. */
import type { RunResult } from '../../run/result.ts';
import { joined, type Markup, markup, none } from '../markup.ts';

/** Where moments lie on a picture; offsets in its own units. */
export interface Axis {
  readonly fromMs: number;
  readonly untilMs: number;
  readonly leftOffset: number;
  readonly rightOffset: number;
}

/** The axis of a run on a picture from `leftOffset` to `rightOffset`; never empty. */
export const axisOf = (result: RunResult, leftOffset: number, rightOffset: number): Axis => {
  const panels = result.panels.flatMap(({ lines }) => lines.flatMap(({ points }) => points.map(({ atMs }) => atMs)));
  const operations = result.history.operations.flatMap(({ invokedMs, completedMs }) => [invokedMs, completedMs]);
  const faults = result.faultWindows.flatMap(({ fromMs, untilMs }) => [fromMs, untilMs]);
  let [fromMs, untilMs] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const momentMs of [...panels, ...operations, ...faults]) {
    fromMs = Math.min(fromMs, momentMs);
    untilMs = Math.max(untilMs, momentMs);
  }
  if (!(untilMs > fromMs)) [fromMs, untilMs] = [result.startedMs, result.startedMs + Math.max(1, result.tookMs)];
  return { fromMs, untilMs, leftOffset, rightOffset };
};

/** The place of a moment, with one decimal; what lies outside is put on the edge. */
export const xOf = ({ fromMs, untilMs, leftOffset, rightOffset }: Axis, atMs: number): number => {
  const share = Math.min(1, Math.max(0, (atMs - fromMs) / (untilMs - fromMs)));
  return Math.round((leftOffset + share * (rightOffset - leftOffset)) * 10) / 10;
};

/** Seconds since the start of the axis: `+1.2 s`. */
export const offsetOf = ({ fromMs }: Axis, atMs: number): string => `+${((atMs - fromMs) / 1_000).toFixed(2)} s`;

/** The ground behind a picture `height` high: fault times shaded, seconds marked below. */
export const groundOf = ({ faultWindows }: RunResult, axis: Axis, height: number): Markup => {
  const spans = [...new Map(faultWindows.map((window) => [`${window.fromMs} ${window.untilMs}`, window])).values()];
  const shades = spans.map(({ fromMs, untilMs }) => {
    const x = xOf(axis, fromMs);
    const width = Math.round((xOf(axis, untilMs) - x) * 10) / 10;
    const size = markup`y="0" width="${width}" height="${height}"`;
    return markup`<rect class="fault" x="${x}" ${size}><title>faults at work</title></rect>`;
  });
  const lengthS = (axis.untilMs - axis.fromMs) / 1_000;
  const stepS = [0.5, 1, 2, 5, 10, 30, 60].find((step) => lengthS / step <= 8) ?? 300;
  const ticks = Array.from({ length: Math.floor(lengthS / stepS) + 1 }, (_, index) => index * stepS).map((secondS) => {
    const x = xOf(axis, axis.fromMs + secondS * 1_000);
    const line = markup`<line class="axis" x1="${x}" x2="${x}" y1="0" y2="${height}"/>`;
    return markup`${line}<text x="${x + 2}" y="${height + 12}">${secondS} s</text>`;
  });
  return spans.length + ticks.length === 0 ? none : joined([...shades, ...ticks]);
};
