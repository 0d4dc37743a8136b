/** The signs of the timeline: each kind of moment has a shape of its own, so that colour only helps. */
import { type Markup, markup, none } from '../markup.ts';
import type { MomentKind } from '../moments.ts';
import { pictureDefinitions } from './elements.ts';

interface Glyph {
  readonly words: string;
  /** SVG path around 0,0, ten units wide. */
  readonly path: string;
  /** The row of a lane on which it stands: what reaches the system, what providers send, what moves money. */
  readonly row: 0 | 1 | 2;
}

const circle = 'M-4.5 0a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0 -9 0Z';
const cross = 'M-4 -4L4 4M-4 4L4 -4';

/** The sign of each kind, in the order of the legend. */
const glyphs: Readonly<Record<MomentKind, Glyph>> = {
  state: { words: 'order changed its state', path: 'M-2 -4L2 0L-2 4', row: 2 },
  request: { words: 'request of the buyer', path: 'M0 -5V5', row: 0 },
  call: { words: 'call to a provider', path: 'M-2.5 -4H2.5V4H-2.5Z', row: 0 },
  cut: { words: 'call whose answer was lost', path: `${cross}M-5 -5H5V5H-5Z`, row: 0 },
  notice: { words: 'notice of a provider', path: 'M-5 -4H5L0 5Z', row: 1 },
  copy: { words: 'copy of a notice', path: 'M-5 -4H5L0 5Z', row: 1 },
  forged: { words: 'forged notice', path: 'M-5 -4H5L0 5ZM-3 -1H3', row: 1 },
  lost: { words: 'notice that was lost', path: cross, row: 1 },
  capture: { words: 'payment captured', path: 'M0 -5.5L5.5 0L0 5.5L-5.5 0Z', row: 2 },
  credit: { words: 'credited', path: circle, row: 2 },
  grant: { words: 'granted at the cloud', path: 'M-4.5 -4.5H4.5V4.5H-4.5Z', row: 2 },
};

/** The sign that marks the evidence of a breach: a ring around the other sign. */
const proofPath = 'M-8 0a8 8 0 1 0 16 0a8 8 0 1 0 -16 0Z';

/** The row of a kind. */
export const rowOf = (kind: MomentKind): Glyph['row'] => glyphs[kind].row;

/** Defines all signs once; they are used by reference. */
export const glyphDefinitions = (): Markup => {
  const all = [
    ...Object.entries(glyphs).map(([kind, { path }]) => ({ kind, path })),
    { kind: 'proof', path: proofPath },
  ];
  const paths = all.map(({ kind, path }) => markup`<path id="g-${kind}" d="${path}"/>`);
  return pictureDefinitions(paths);
};

/** What the signs mean, those of `kinds` alone. */
export const glyphLegend = (kinds: ReadonlySet<MomentKind>, hasProof: boolean): Markup => {
  const sign = (kind: string, words: string): Markup => {
    const shape = markup`<use href="#g-${kind}" class="${kind}"/>`;
    return markup`<li><svg class="sign" viewBox="-9 -9 18 18" aria-hidden="true">${shape}</svg> ${words}</li>`;
  };
  const used = Object.entries(glyphs).filter(([kind]) => kinds.has(kind as MomentKind));
  return markup`<ul class="legend">${used.map(([kind, { words }]) => sign(kind, words))}${
    hasProof ? sign('proof', 'around the evidence of a breach') : none
  }</ul>`;
};
