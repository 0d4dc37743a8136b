/** The timeline: faults, alarms and orders on one axis. Drawn as SVG in per cent, so that it fits any width. */

import { alertNameOf } from '../../invariant.ts';
import type { Testimony } from '../../run/agreement.ts';
import type { RunResult } from '../../run/result.ts';
import { type Markup, markup, none } from '../markup.ts';
import type { Moment, MomentKind } from '../moments.ts';
import { type Axis, percentAt, percentWide, type Span, shareOf, sinceStart, ticksOf, windowsOf } from './axis.ts';
import { pictureDefinitions, track } from './elements.ts';
import { glyphDefinitions, glyphLegend, rowOf } from './glyphs.ts';
import { type Lane, lanesOf } from './lanes.ts';

/** So many lanes stand open to the eye, the others behind a line that counts them. */
const lanesInSight = 12;
/** A lane draws and lists so many of its moments. */
const momentsMax = 40;
const rowHeights = [9, 24, 39];

/** What lies under every lane: the fault windows, and the lines of the ticks. */
const groundOf = (result: RunResult, axis: Axis): Markup => {
  const windows = windowsOf(result).map((span) => {
    const [x, width] = [percentAt(axis, span.fromMs), percentWide(axis, span)];
    return markup`<rect class="window" x="${x}" width="${width}" height="100%"/>`;
  });
  const lines = ticksOf(axis).map(({ atMs }) => {
    const x = percentAt(axis, atMs);
    return markup`<line class="tick" x1="${x}" x2="${x}" y2="100%"/>`;
  });
  return pictureDefinitions(markup`<g id="ground">${windows}${lines}</g>`);
};

const axisRow = (axis: Axis): Markup => {
  const labels = ticksOf(axis).map(({ atMs, label }, index) => {
    const anchor = index === 0 ? 'start' : shareOf(axis, atMs) > 0.97 ? 'end' : 'middle';
    return markup`<text x="${percentAt(axis, atMs)}" y="14" text-anchor="${anchor}">${label}</text>`;
  });
  return markup`<div class="lane axis"><span class="name">since the first order</span>${track(20, labels)}</div>\n`;
};

const ground = markup`<use href="#ground"/>`;

const barRow = (axis: Axis, look: string, name: Markup, span: Span): Markup => {
  const [x, width] = [percentAt(axis, span.fromMs), percentWide(axis, span)];
  const bar = markup`<rect class="${look}" x="${x}" y="5" width="${width}" height="12" rx="3"/>`;
  return markup`<div class="lane bar"><span class="name">${name}</span>${track(22, [ground, bar])}</div>\n`;
};

const faultRows = ({ faultWindows }: RunResult, axis: Axis): readonly Markup[] =>
  faultWindows.map(({ fault, at, fromMs, untilMs }) => {
    const time = `${sinceStart(axis, fromMs)} to ${sinceStart(axis, untilMs)}`;
    return barRow(axis, 'fault', markup`fault <b>${fault}</b> at ${at} <small>${time}</small>`, { fromMs, untilMs });
  });

const alarmRows = (testimony: Testimony, axis: Axis): readonly Markup[] => {
  const { alert, panel, audit } = testimony;
  const voices = [
    { voice: alert, words: markup`alert <b>${alertNameOf(audit.invariant)}</b> fired` },
    { voice: panel, words: markup`panel of <b>${audit.invariant.id}</b> was red` },
  ];
  return voices.flatMap(({ voice, words }) => {
    if (voice.said !== 'spoke') return [];
    const until = voice.untilMs === undefined ? 'until the end' : `to ${sinceStart(axis, voice.untilMs)}`;
    const name = markup`${words} <small>${sinceStart(axis, voice.atMs)} ${until}</small>`;
    return barRow(axis, 'alarm', name, { fromMs: voice.atMs, untilMs: voice.untilMs ?? axis.untilMs });
  });
};

const markOf = (axis: Axis, { kind, atMs, untilMs, weight }: Moment): Markup => {
  const [x, y] = [percentAt(axis, atMs), rowHeights[rowOf(kind)] ?? 0];
  const span =
    untilMs === undefined || untilMs <= atMs
      ? none
      : markup`<line class="span ${kind}" x1="${x}" x2="${percentAt(axis, untilMs)}" y1="${y}" y2="${y}"/>`;
  const ring = weight === 'proof' ? markup`<use href="#g-proof" class="proof" x="${x}" y="${y}"/>` : none;
  return markup`${span}<use href="#g-${kind}" class="${kind}" x="${x}" y="${y}"/>${ring}`;
};

const plurals: Readonly<Partial<Record<MomentKind, readonly [string, string]>>> = {
  cut: ['answer cut', 'answers cut'],
  notice: ['notice', 'notices'],
  copy: ['copy', 'copies'],
  forged: ['forgery', 'forgeries'],
  lost: ['notice lost', 'notices lost'],
  credit: ['credit', 'credits'],
  grant: ['grant', 'grants'],
};

const countsOf = (moments: readonly Moment[]): string =>
  Object.entries(plurals)
    .flatMap(([kind, [one, many]]) => {
      const count = moments.filter((moment) => moment.kind === kind).length;
      return count === 0 ? [] : [`${count} ${count === 1 ? one : many}`];
    })
    .join(', ');

const listOf = (axis: Axis, moments: readonly Moment[]): Markup => {
  const rows = moments.slice(0, momentsMax).map(({ atMs, text, weight }) => {
    const proof = weight === 'proof' ? markup` <strong class="proof-word">proof</strong>` : none;
    return markup`<li><span class="time">${sinceStart(axis, atMs)}</span> <span>${text}${proof}</span></li>\n`;
  });
  const more = moments.length - rows.length;
  const rest = more <= 0 ? none : markup`<li>and ${more} more, see history.ndjson and books.json</li>`;
  return markup`<ol class="moments">${rows}${rest}</ol>`;
};

const laneOf = (axis: Axis, { order, note, isBreach, moments }: Lane): Markup => {
  const drawn = moments.slice(0, momentsMax);
  const isState = ({ kind }: Moment): boolean => kind === 'state';
  // Changes of state lie below what caused them.
  const marks = [...drawn.filter(isState), ...drawn.filter((one) => !isState(one))].map((one) => markOf(axis, one));
  const noted = note === '' ? none : markup`<span class="note">${isBreach ? '✗ ' : ''}${note}</span>`;
  const name = markup`<code>${order.id}</code> ${noted}<small>${countsOf(moments)}</small>`;
  const lane = markup`<span class="name">${name}</span>${track(48, [ground, ...marks])}`;
  return markup`<details class="order"><summary class="lane">${lane}</summary>${listOf(axis, moments)}</details>\n`;
};

const ordersOf = (result: RunResult, axis: Axis): Markup => {
  const { lanes, leftOut } = lanesOf(result);
  const kinds = new Set(lanes.flatMap(({ moments }) => moments.map(({ kind }) => kind)));
  const hasProof = lanes.some(({ moments }) => moments.some(({ weight }) => weight === 'proof'));
  const drawn = lanes.map((lane) => laneOf(axis, lane));
  const further = drawn.slice(lanesInSight);
  const rest =
    leftOut === 0
      ? none
      : markup`<p>${leftOut} more orders are not drawn; history.ndjson and books.json have them.</p>`;
  return markup`<h3>Orders, the worst first</h3>
<p>Three rows each: above what the buyer and the system asked for, in the middle what the provider sent, below where
money moved. Open one to read it.</p>
${glyphLegend(kinds, hasProof)}
${drawn.slice(0, lanesInSight)}${
  further.length === 0
    ? none
    : markup`<details class="further"><summary>${further.length} more orders</summary>${further}</details>`
}${rest}`;
};

/** The section's content. */
export const timelineOf = (result: RunResult, axis: Axis): Markup => {
  const alarms = result.testimonies.flatMap((testimony) => alarmRows(testimony, axis));
  return markup`${glyphDefinitions()}${groundOf(result, axis)}
<p>Shaded: the time in which the faults could act. All times count from the first thing that was done.</p>
<div class="timeline">
${axisRow(axis)}${faultRows(result, axis)}${alarms}
${ordersOf(result, axis)}
</div>`;
};
