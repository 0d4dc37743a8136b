/** The board as it looked over the run, panel by panel, with the times of faults shaded. */
import type { PanelView } from '../../observe/panel-view.ts';
import type { RunResult } from '../../run/result.ts';
import { joined, type Markup, markup, none } from '../markup.ts';
import { type Axis, axisOf, groundOf, xOf } from './axis.ts';

const [width, height] = [400, 110];
/** More lines than these cannot be told apart. */
const linesMax = 6;

const shownValue = (value: number): string => (Number.isInteger(value) ? String(value) : value.toPrecision(3));

const topOf = ({ panel, lines }: PanelView): number => {
  const red = panel.steps.findLast(({ fromValue }) => Number.isFinite(fromValue))?.fromValue ?? 0;
  let top = Math.max(red * 1.2, 1e-9);
  for (const { points } of lines) for (const { value } of points) if (value !== null) top = Math.max(top, value);
  return top > 1e-9 && top >= 1e-3 ? top : 1;
};

/** The path of one line; it breaks where there was no value. */
const pathOf = (axis: Axis, top: number, points: PanelView['lines'][number]['points']): string => {
  let isDown = false;
  return points
    .flatMap(({ atMs, value }) => {
      if (value === null || Number.isNaN(value)) {
        isDown = false;
        return [];
      }
      const y = Math.round((height - 4 - (Math.max(0, value) / top) * (height - 14)) * 10) / 10;
      const step = `${isDown ? 'L' : 'M'}${xOf(axis, atMs)} ${y}`;
      isDown = true;
      return [step];
    })
    .join('');
};

const keysOf = ({ panel, lines }: PanelView): Markup => {
  const shown = lines.slice(0, linesMax).map(({ legend, points }, index) => {
    const last = points.findLast(({ value }) => value !== null)?.value;
    const now = last === undefined || last === null ? 'no data' : shownValue(last);
    // A promise's panel has one line, which is called like the panel.
    const name = legend === panel.title ? 'at the end' : legend || 'value';
    return markup`<span class="key s${index}">― ${name}: ${now}</span>`;
  });
  const rest = lines.length - shown.length;
  return markup`${shown}${rest > 0 ? markup`<span class="key">and ${rest} more</span>` : none}`;
};

const figureOf = (result: RunResult, axis: Axis, view: PanelView, colour: string | undefined): Markup => {
  const { panel, lines } = view;
  const top = topOf(view);
  const unit = panel.unit.replace(/^suffix:/, '');
  const drawn = lines.slice(0, linesMax).map(({ points }, index) => {
    return markup`<path class="line s${index}" d="${pathOf(axis, top, points)}"/>`;
  });
  const state = colour === undefined ? '' : `, ${colour} at the end`;
  const label = `${panel.title}: up to ${shownValue(top)} ${unit}`;
  const picture = joined([
    markup`<svg viewBox="0 0 ${width} ${height + 16}" role="img" aria-label="${label}">`,
    groundOf(result, axis, height),
    markup`<text x="2" y="10">${shownValue(top)}</text>${drawn}</svg>`,
  ]);
  return joined([
    markup`<figure><figcaption><strong>${panel.title}</strong>`,
    markup`<br><span class="faint">${unit}${state}</span></figcaption>`,
    lines.length === 0 ? markup`<p class="unknown">no data</p>` : picture,
    markup`<div>${keysOf(view)}</div></figure>`,
  ]);
};

/** All panels; those of broken promises first. */
export const panelsOf = (result: RunResult): Markup => {
  const axis = axisOf(result, 4, width - 4);
  const testimonies = new Map(result.testimonies.map((testimony) => [testimony.audit.invariant.claim, testimony]));
  const isBroken = ({ panel }: PanelView): boolean => testimonies.get(panel.title)?.audit.finding === 'violated';
  const views = [...result.panels.filter(isBroken), ...result.panels.filter((view) => !isBroken(view))];
  if (views.length === 0) return markup`<p>No board was looked at.</p>`;
  const figures = views.map((view) => figureOf(result, axis, view, testimonies.get(view.panel.title)?.colour));
  return markup`<div class="panels">${joined(figures)}</div>`;
};
