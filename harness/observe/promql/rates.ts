import type { Sampled } from '../store.ts';
import type { Window } from './values.ts';

/** How much the points rose in all; with `counter`, a fall is a restart from 0. */
const rise = (points: readonly Sampled[], counter: boolean): number => {
  let total = (points.at(-1) as Sampled).value - (points[0] as Sampled).value;
  for (let i = 1; counter && i < points.length; i += 1) {
    const before = (points[i - 1] as Sampled).value;
    if ((points[i] as Sampled).value < before) total += before;
  }
  return total;
};

/**
 * The rise within a window, extrapolated to its ends as Prometheus does: all the way to an end that is near (1.1 mean
 * intervals), else by half an interval, and for counters never to before they were 0. `perSecond` divides it by the
 * length of the window. Undefined below two points.
 */
export const extrapolate = (window: Window, counter: boolean, perSecond: boolean): number | undefined => {
  const { points, fromMs, untilMs } = window;
  if (points.length < 2) return undefined;
  const [first, last] = [points[0] as Sampled, points.at(-1) as Sampled];
  const risen = rise(points, counter);
  const sampledS = (last.timestampMs - first.timestampMs) / 1000;
  const meanIntervalS = sampledS / (points.length - 1);
  const nearS = meanIntervalS * 1.1;
  let beforeS = (first.timestampMs - fromMs) / 1000;
  let afterS = (untilMs - last.timestampMs) / 1000;
  if (beforeS >= nearS) beforeS = meanIntervalS / 2;
  if (counter && risen > 0 && first.value >= 0) beforeS = Math.min(beforeS, sampledS * (first.value / risen));
  if (afterS >= nearS) afterS = meanIntervalS / 2;
  const factor = (sampledS + beforeS + afterS) / sampledS;
  return risen * (perSecond ? factor / ((untilMs - fromMs) / 1000) : factor);
};

/** The rise per second between the last two points; a fall is a restart from 0. Undefined below two points. */
export const lastRate = ({ points }: Window): number | undefined => {
  const [before, last] = [points.at(-2), points.at(-1)];
  if (before === undefined || last === undefined) return undefined;
  const risen = last.value < before.value ? last.value : last.value - before.value;
  return risen / ((last.timestampMs - before.timestampMs) / 1000);
};

/** How many neighbouring points differ; NaN equals NaN. */
export const countChanges = ({ points }: Window): number =>
  points.filter((point, i) => {
    const before = points[i - 1]?.value ?? point.value;
    return point.value !== before && !(Number.isNaN(point.value) && Number.isNaN(before));
  }).length;

/** How often a point is lower than the one before. */
export const countResets = ({ points }: Window): number =>
  points.filter((point, i) => i > 0 && point.value < (points[i - 1] as Sampled).value).length;
