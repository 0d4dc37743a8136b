/** The one time axis of a report: every picture and every time in it counts from the same moment. */
import type { RunResult } from '../../run/result.ts';

/** From where to where; moments are real milliseconds since the epoch. */
export type Axis = Span;

/** A stretch of the axis. */
export interface Span {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** The times in which faults could act; faults that act at the same time share one. */
export const windowsOf = ({ faultWindows }: Pick<RunResult, 'faultWindows'>): readonly Span[] => [
  ...new Map(faultWindows.map((window) => [`${window.fromMs} ${window.untilMs}`, window])).values(),
];

const ticksMax = 6;

/** From the first thing that was done to the last that was seen; at least 1 ms long. */
export const axisOf = ({ faultWindows, history, panels, testimonies }: RunResult): Axis => {
  let [fromMs, untilMs] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const reach = (atMs: number | undefined): void => {
    if (atMs === undefined) return;
    fromMs = Math.min(fromMs, atMs);
    untilMs = Math.max(untilMs, atMs);
  };
  for (const window of faultWindows) [window.fromMs, window.untilMs].forEach(reach);
  for (const { invokedMs, completedMs } of history.operations) [invokedMs, completedMs].forEach(reach);
  // Signals are watched before the first order as well, when there is nothing to see.
  const startMs = fromMs;
  for (const { lines } of panels) for (const { points } of lines) reach(points.at(-1)?.atMs);
  for (const { alert, panel } of testimonies) {
    for (const voice of [alert, panel]) if (voice.said === 'spoke') [voice.atMs, voice.untilMs].forEach(reach);
  }
  if (!Number.isFinite(fromMs)) return { fromMs: 0, untilMs: 1 };
  const firstMs = Number.isFinite(startMs) ? startMs : fromMs;
  return { fromMs: firstMs, untilMs: Math.max(untilMs, firstMs + 1) };
};

/** How far along the axis a moment is, from 0 to 1; what lies outside is put at the end that is nearer. */
export const shareOf = ({ fromMs, untilMs }: Axis, atMs: number): number =>
  Math.min(1, Math.max(0, (atMs - fromMs) / (untilMs - fromMs)));

/** The same as SVG and CSS write it: `12.5%`. */
export const percentAt = (axis: Axis, atMs: number): string => `${Number((shareOf(axis, atMs) * 100).toFixed(2))}%`;

/** The width of a stretch, likewise. */
export const percentWide = (axis: Axis, { fromMs, untilMs }: Span): string =>
  `${Number(((shareOf(axis, untilMs) - shareOf(axis, fromMs)) * 100).toFixed(2))}%`;

/** Counted from the start of the axis: `+0.302 s`; what came before it is negative. */
export const sinceStart = ({ fromMs }: Axis, atMs: number): string => {
  const seconds = ((atMs - fromMs) / 1_000).toFixed(3);
  return seconds.startsWith('-') ? `−${seconds.slice(1)} s` : `+${seconds} s`;
};

/** Round moments for the reader, the start among them: 1, 2 or 5 of a power of ten apart. */
export const ticksOf = ({ fromMs, untilMs }: Axis): readonly { readonly atMs: number; readonly label: string }[] => {
  const spanMs = untilMs - fromMs;
  const powerMs = 10 ** Math.floor(Math.log10(spanMs / ticksMax));
  const stepMs = [1, 2, 5, 10].map((factor) => factor * powerMs).find((one) => spanMs / one <= ticksMax) ?? spanMs;
  const decimals = Math.max(0, 3 - Math.floor(Math.log10(stepMs)));
  return Array.from({ length: Math.floor(spanMs / stepMs) + 1 }, (_, index) => ({
    atMs: fromMs + index * stepMs,
    label: `${((index * stepMs) / 1_000).toFixed(Math.min(decimals, 3))} s`,
  }));
};
