/** The panels of the board as operators saw them: drawn where something moved, listed where nothing did. */
import type { BoardPanel, ColourStep } from '../../observe/board.ts';
import { coloursOf, isMoving, type PanelLine, type PanelView } from '../../observe/panel-view.ts';
import type { RunResult } from '../../run/result.ts';
import { type Markup, markup, none } from '../markup.ts';
import { type Axis, percentAt, percentWide, type Span, sinceStart, windowsOf } from './axis.ts';
import { chartOf, looksCount, scaleOf } from './chart.ts';
import { wideTable } from './elements.ts';

const suffix = 'suffix:';
const unitWords: Readonly<Record<string, string>> = { cps: '/s', reqps: 'requests/s', short: '' };

/** `3 payments`, `0.52 /s`. */
const valueWords = ({ unit }: BoardPanel, value: number): string => {
  const number = Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(3)));
  return `${number} ${unit.startsWith(suffix) ? unit.slice(suffix.length) : (unitWords[unit] ?? unit)}`.trim();
};

const known = ({ points }: PanelLine): readonly number[] =>
  points.flatMap(({ value }) => (value === null || Number.isNaN(value) ? [] : value));

/** A threshold a hair above a whole number means: above that number. */
const stepWords = (panel: BoardPanel, { fromValue, colour }: ColourStep): string => {
  const whole = Math.floor(fromValue);
  const isHair = fromValue > whole && fromValue - whole < 1e-3;
  return `${colour} ${isHair ? 'above' : 'from'} ${valueWords(panel, isHair ? whole : fromValue)}`;
};

const thresholdWords = (panel: BoardPanel): string =>
  panel.steps
    .filter(({ fromValue }) => Number.isFinite(fromValue))
    .map((step) => stepWords(panel, step))
    .join(', ');

interface Stretch extends Span {
  readonly colour: string;
}

/** The colours of a judging panel, one after the other, as far as the axis shows them. */
const stretchesOf = (view: PanelView, axis: Axis): readonly Stretch[] => {
  const moments = view.lines[0]?.points.map(({ atMs }) => atMs) ?? [];
  const changes = coloursOf(view, moments);
  return changes
    .map(({ atMs, colour }, index) => ({ colour, fromMs: atMs, untilMs: changes[index + 1]?.atMs ?? axis.untilMs }))
    .filter(({ untilMs }) => untilMs > axis.fromMs);
};

const stripOf = (axis: Axis, stretches: readonly Stretch[]): Markup => {
  if (stretches.length === 0) return none;
  const bars = stretches.map((stretch) => {
    const [x, width] = [percentAt(axis, stretch.fromMs), percentWide(axis, stretch)];
    return markup`<rect class="strip ${stretch.colour}" x="${x}" width="${width}" height="100%"/>`;
  });
  const words = stretches
    .map(({ colour, fromMs }, index) => (index === 0 ? colour : `${colour} at ${sinceStart(axis, fromMs)}`))
    .join(', then ');
  return markup`<svg class="strips" height="8" aria-hidden="true">${bars}</svg><p class="colours">It was ${words}.</p>`;
};

const isZero = (line: PanelLine): boolean => known(line).every((value) => value === 0);

/** The lines worth drawing; those that are 0 all the time are only named. */
const busyLines = ({ lines, ...view }: PanelView): PanelView => ({
  ...view,
  lines: lines.filter((line) => !isZero(line)),
});

const legendOf = (view: PanelView): Markup => {
  const { panel, lines } = busyLines(view);
  const zeros = view.lines.filter(isZero).map(({ legend }) => legend);
  const entries = lines.slice(0, looksCount).map((line, index) => {
    const values = known(line);
    const most = valueWords(panel, Math.max(...values, 0));
    const last = values.length === 0 ? 'no data' : valueWords(panel, values.at(-1) ?? 0);
    const stroke = markup`<path class="line look-${index}" d="M0 4H24"/>`;
    const sample = markup`<svg class="sample" viewBox="0 0 24 8" aria-hidden="true">${stroke}</svg>`;
    return markup`<li>${sample} ${line.legend}: <small>at most ${most}, last ${last}</small></li>`;
  });
  const more = lines.length - entries.length;
  const rest = more > 0 ? markup`<li>${more} more lines in metrics.om</li>` : none;
  const zero = zeros.length > 0 ? markup`<li><small>always 0: ${zeros.join(', ')}</small></li>` : none;
  return markup`<ul class="legend">${entries}${rest}${zero}</ul>`;
};

const descriptionOf = ({ description }: BoardPanel): Markup => {
  const lines = description.split('\n').filter((line) => line.trim() !== '');
  if (lines.length === 0) return none;
  return markup`<details><summary>What it means</summary>${lines.map((line) => markup`<p>${line}</p>`)}</details>`;
};

const drawn = (view: PanelView, axis: Axis, windows: readonly Span[]): Markup => {
  const scale = scaleOf(view, axis);
  const { panel } = view;
  const thresholds = thresholdWords(panel);
  const most = valueWords(panel, scale.topValue);
  const stretches = stretchesOf(view, axis);
  const label = `${panel.title}, from 0 to ${most}, over ${((axis.untilMs - axis.fromMs) / 1_000).toFixed(1)} s`;
  return markup`<figure class="panel"><figcaption>${panel.title}</figcaption>
<div class="top">0 to ${most}${thresholds === '' ? none : markup` <small>(${thresholds})</small>`}</div>
${chartOf(scale, panel.kind === 'stat' ? view : busyLines(view), windows, label)}
<div class="bottom"><span>${sinceStart(axis, axis.fromMs)}</span><span>${sinceStart(axis, axis.untilMs)}</span></div>
${stripOf(axis, stretches)}${panel.kind === 'stat' ? none : legendOf(view)}${descriptionOf(panel)}</figure>\n`;
};

const stillWords = (view: PanelView): string => {
  const values = new Set(view.lines.flatMap(known));
  const [value] = values;
  if (value === undefined) return 'no data';
  return values.size === 1 ? valueWords(view.panel, value) : `${values.size} lines, each with one value`;
};

const stillRow = (view: PanelView, axis: Axis): Markup => {
  const colours = stretchesOf(view, axis).map(({ colour }) => colour);
  const colour = view.panel.steps.length === 0 ? '' : colours.join(', then ') || view.panel.noDataColour;
  return markup`<tr><th scope="row">${view.panel.title}</th><td>${stillWords(view)}</td><td>${colour}</td></tr>\n`;
};

/** The section's content. */
export const panelsOf = (result: RunResult, axis: Axis): Markup => {
  const { panels } = result;
  const windows = windowsOf(result);
  const moving = panels.filter(isMoving);
  const still = panels.filter((view) => !isMoving(view));
  const rows = still.map((view) => stillRow(view, axis));
  const table = wideTable(
    'Panels that showed the same from the beginning to the end',
    ['Panel', 'Value', 'Colour'],
    rows,
  );
  const list = markup`<details><summary>${still.length} panels on which nothing moved</summary>${table}</details>`;
  return markup`<p>What an operator had before him, computed from the generated Grafana board and the samples of this
run. Shaded: the time in which the faults could act.</p>
<div class="panels">${moving.map((view) => drawn(view, axis, windows))}</div>
${still.length === 0 ? none : list}`;
};
