import { joined, type Markup, markup } from '../markup.ts';

/** One row: its head, and its cells. */
export const rowOf = (head: Markup, cells: readonly Markup[]): Markup =>
  markup`<tr><th scope="row" class="when">${head}</th>${cells}</tr>`;

/** A table that scrolls on its own where it is wider than the page; `heads` are those of its columns. */
export const tableOf = (caption: string, heads: readonly string[], rows: readonly Markup[]): Markup => {
  const columns = heads.map((head) => markup`<th scope="col">${head}</th>`);
  return joined([
    markup`<div class="scroll" tabindex="0"><table><caption>${caption}</caption>`,
    markup`<thead><tr>${columns}</tr></thead><tbody>${joined(rows)}</tbody></table></div>`,
  ]);
};
