/** A line chart as SVG: no text inside, so that it can be stretched to any width; words stand beside it. */
import type { PanelLine, PanelView } from '../../observe/panel-view.ts';
import { type Markup, markup } from '../markup.ts';
import { type Axis, type Span, shareOf } from './axis.ts';

/** The width and the height of the chart's own coordinates. */
const [columns, rows] = [1_000, 100];
/** A line along an edge is seen in its whole breadth. */
const margin = 3;
/** A line is drawn with about so many points: two for each stretch, its lowest and its highest. */
const stretchesMax = 120;

interface Point {
  readonly atMs: number;
  readonly value: number | null;
}

const isDrawn = (value: number | null): value is number => value !== null && Number.isFinite(value);

/** Keeps the lowest and the highest point of each stretch, and where values are missing. */
const thinned = (points: readonly Point[]): readonly Point[] => {
  if (points.length <= 2 * stretchesMax) return points;
  const perStretch = Math.ceil(points.length / stretchesMax);
  return Array.from({ length: Math.ceil(points.length / perStretch) }).flatMap((_, index) => {
    const stretch = points.slice(index * perStretch, (index + 1) * perStretch);
    const known = stretch.filter(({ value }) => isDrawn(value)).toSorted((a, b) => Number(a.value) - Number(b.value));
    const gap = stretch.find(({ value }) => !isDrawn(value));
    const kept = new Set([known[0], known.at(-1), gap].filter((point) => point !== undefined));
    return [...kept].toSorted((a, b) => a.atMs - b.atMs);
  });
};

/** What the drawing of a panel is scaled to. */
export interface Scale {
  readonly axis: Axis;
  /** The value at the upper edge; the lower edge is 0, or the lowest value below it. */
  readonly topValue: number;
  readonly bottomValue: number;
}

/** A scale on which all values of the panel, 0 and its thresholds can be seen. */
export const scaleOf = ({ panel, lines }: PanelView, axis: Axis): Scale => {
  let [topValue, bottomValue] = [0, 0];
  const reach = (value: number | null): void => {
    if (!isDrawn(value)) return;
    topValue = Math.max(topValue, value);
    bottomValue = Math.min(bottomValue, value);
  };
  for (const { points } of lines) for (const { value } of points) reach(value);
  for (const { fromValue } of panel.steps) reach(fromValue);
  return { axis, topValue: topValue < 1e-3 ? 1 : topValue, bottomValue };
};

/** Counted from the upper edge downwards. */
const heightAt = ({ topValue, bottomValue }: Scale, value: number): number => {
  const share = (value - bottomValue) / (topValue - bottomValue);
  return Number((rows * (1 - Math.min(1, Math.max(0, share)))).toFixed(1));
};

const pathOf = (scale: Scale, points: readonly Point[]): string => {
  let path = '';
  let isDown = false;
  for (const { atMs, value } of thinned(points)) {
    const isSeen = isDrawn(value) && atMs >= scale.axis.fromMs;
    if (isSeen) {
      const x = Number((shareOf(scale.axis, atMs) * columns).toFixed(1));
      // The first point of a stroke is a stroke of no length, so that a lonely value can be seen.
      path += `${isDown ? 'L' : `M${x} ${heightAt(scale, value)}L`}${x} ${heightAt(scale, value)}`;
    }
    isDown = isSeen;
  }
  return path;
};

/** So many different looks (colour and dashes) are told apart. */
export const looksCount = 8;

/** The lines, over the time in which faults could act and the coloured ground of the thresholds. */
export const chartOf = (scale: Scale, view: PanelView, windows: readonly Span[], label: string): Markup => {
  const { steps } = view.panel;
  const bands = steps.map(({ fromValue, colour }, index) => {
    const upper = heightAt(scale, steps[index + 1]?.fromValue ?? Number.POSITIVE_INFINITY);
    const height = (fromValue === Number.NEGATIVE_INFINITY ? rows : heightAt(scale, fromValue)) - upper;
    return markup`<rect class="band ${colour}" y="${upper}" width="${columns}" height="${Number(height.toFixed(1))}"/>`;
  });
  const shades = windows.map(({ fromMs, untilMs }) => {
    const [from, until] = [shareOf(scale.axis, fromMs) * columns, shareOf(scale.axis, untilMs) * columns];
    return markup`<rect class="window" x="${from.toFixed(1)}" width="${(until - from).toFixed(1)}" height="${rows}"/>`;
  });
  const strokes = view.lines.slice(0, looksCount).map(({ points }: PanelLine, index) => {
    return markup`<path class="line look-${index}" d="${pathOf(scale, points)}"/>`;
  });
  const viewBox = `0 ${-margin} ${columns} ${rows + 2 * margin}`;
  const edge = markup`<path class="edge" d="M0 ${rows}H${columns}"/>`;
  const shapes = markup`${bands}${shades}${edge}${strokes}`;
  return markup`<svg class="chart" viewBox="${viewBox}" preserveAspectRatio="none" role="img" aria-label="${label}">
${shapes}</svg>`;
};
