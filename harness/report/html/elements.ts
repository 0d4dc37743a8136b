/** The elements that all sections share, each made so that it works by keyboard and for those who do not see. */
import { type Filling, type Markup, markup } from '../markup.ts';

/** A table that scrolls sideways where it is wider than the page; `caption` names it. */
export const wideTable = (caption: string, columns: readonly string[], rows: readonly Markup[]): Markup => {
  const heads = columns.map((name) => markup`<th scope="col">${name}</th>`);
  return markup`<div class="wide" tabindex="0" role="region" aria-label="${caption}">
<table><caption>${caption}</caption>
<thead><tr>${heads}</tr></thead><tbody>
${rows}</tbody></table></div>`;
};

/** Words and what they mean, or names and values; `look` is the class of the list. */
export const definitions = (look: string, pairs: readonly (readonly [string, Filling])[]): Markup =>
  markup`<dl class="${look}">${pairs.map(([name, value]) => markup`<dt>${name}</dt><dd>${value}</dd>\n`)}</dl>`;

/** What pictures refer to; nothing of it is seen here. */
export const pictureDefinitions = (shapes: Filling): Markup =>
  markup`<svg class="defs" width="0" height="0" aria-hidden="true"><defs>${shapes}</defs></svg>`;

/** A picture of the timeline, as wide as the page lets it be. */
export const track = (height: number, shapes: Filling): Markup =>
  markup`<svg class="track" height="${height}" aria-hidden="true">${shapes}</svg>`;
