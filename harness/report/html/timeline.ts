/** The orders of a run on its time axis: when each was created, paid, told of, and credited. The worst come first. */
import type { BookedOrder } from '../../books.ts';
import type { RunResult } from '../../run/result.ts';
import { joined, type Markup, markup } from '../markup.ts';
import { type Axis, axisOf, groundOf, offsetOf, xOf } from './axis.ts';
import { rowOf, tableOf } from './table.ts';

/** More orders than these are counted, not drawn. */
const ordersMax = 40;
const rowHeight = 18;
const [leftOffset, rightOffset] = [150, 960];

interface Glyph {
  readonly atMs: number;
  readonly sign: string;
  readonly says: string;
  readonly isBad?: boolean;
}

const signs = { created: '○', paid: '¥', notice: '▾', again: '▿', forged: '✕', credit: '●', grant: '◆' } as const;

/** What each sign means, for the legend. */
const legend = [
  `${signs.created} created`,
  `${signs.paid} captured by the provider`,
  `${signs.notice} its notice`,
  `${signs.again} the notice again`,
  `${signs.forged} a forged notice`,
  `${signs.credit} credited in the ledger`,
  `${signs.grant} granted at the cloud`,
  'shaded: faults at work',
];

const glyphsOf = ({ books, records }: RunResult, order: BookedOrder, proofs: ReadonlySet<string>): readonly Glyph[] => [
  ...books.transitions
    .filter(({ orderId, from }) => orderId === order.id && from === null)
    .map(({ atMs }) => ({ atMs, sign: signs.created, says: 'created' })),
  ...books.captured
    .filter(({ reference }) => reference === order.reference)
    .map(({ atMs, provider }) => ({ atMs, sign: signs.paid, says: `captured by ${provider}` })),
  ...records
    .flatMap(({ deliveries }) => deliveries)
    .filter(({ reference }) => reference === order.reference)
    .map(({ sentMs, attempt, forged, status }) => {
      const sign = forged !== undefined ? signs.forged : attempt === 0 ? signs.again : signs.notice;
      const says =
        forged !== undefined ? `forged notice (${forged.forgery})` : attempt === 0 ? 'notice again' : 'notice';
      return { atMs: sentMs, sign, says: `${says}, answered ${status || 'nothing'}`, isBad: status !== 200 && !forged };
    }),
  ...books.credits
    .filter(({ orderId }) => orderId === order.id)
    .map(({ atMs, entryId }) => ({ atMs, sign: signs.credit, says: `credit ${entryId}`, isBad: proofs.has(entryId) })),
  ...books.grants
    .filter(({ id, reference }) => proofs.has(id) || reference.startsWith(order.reference))
    .map(({ atMs, id }) => ({ atMs, sign: signs.grant, says: 'grant', isBad: proofs.has(id) })),
];

const lineOf = (axis: Axis, order: BookedOrder, glyphs: readonly Glyph[], index: number): Markup => {
  const y = index * rowHeight + 13;
  const drawn = glyphs.map(({ atMs, sign, says, isBad }) => {
    const look = isBad ? 'glyph bad' : 'glyph';
    const title = `${offsetOf(axis, atMs)} ${says}`;
    return markup`<text class="${look}" x="${xOf(axis, atMs) - 4}" y="${y}">${sign}<title>${title}</title></text>`;
  });
  const state = order.hold === null ? order.state : `on hold: ${order.hold}`;
  const line = markup`<line class="order" x1="${leftOffset}" x2="${rightOffset}" y1="${y - 4}" y2="${y - 4}"/>`;
  const name = markup`<text x="0" y="${y}">${order.id.slice(-10)}<title>${order.id}, ${state}</title></text>`;
  return joined([name, line, ...drawn]);
};

const eventsTable = (
  axis: Axis,
  orders: readonly BookedOrder[],
  glyphs: ReadonlyMap<string, readonly Glyph[]>,
): Markup => {
  const rows = orders.flatMap((order) =>
    [...(glyphs.get(order.id) ?? [])]
      .sort((a, b) => a.atMs - b.atMs)
      .map(({ atMs, says }) =>
        rowOf(markup`${order.id}`, [markup`<td>${offsetOf(axis, atMs)}</td>`, markup`<td>${says}</td>`]),
      ),
  );
  const table = tableOf(
    'What happened to each order that is drawn, in order of time',
    ['order', 'after', 'what'],
    rows,
  );
  return markup`<details><summary>The same as a table (${rows.length} rows)</summary>${table}</details>`;
};

/** The picture, its legend, and the same as a table. */
export const timelineOf = (result: RunResult): Markup => {
  const axis = axisOf(result, leftOffset, rightOffset);
  const witnesses = result.testimonies.flatMap(({ audit }) => audit.witnesses);
  const harmed = new Set(witnesses.flatMap(({ orderId }) => orderId ?? []));
  const proofs = new Set(witnesses.flatMap(({ evidence }) => evidence));
  const isHarmed = ({ id }: BookedOrder): boolean => harmed.has(id);
  const orders = [...result.books.orders.filter(isHarmed), ...result.books.orders.filter((order) => !isHarmed(order))];
  const drawn = orders.slice(0, ordersMax);
  const glyphs = new Map(drawn.map((order) => [order.id, glyphsOf(result, order, proofs)] as const));
  const height = drawn.length * rowHeight + 6;
  const rest = orders.length - drawn.length;
  const left = rest === 0 ? '' : ` ${rest} more orders are in books.json.`;
  const rows = drawn.map((order, index) => lineOf(axis, order, glyphs.get(order.id) ?? [], index));
  const label = `Timeline of ${drawn.length} orders; the table below says the same`;
  const look = markup`style="min-width:40rem" role="img" aria-label="${label}"`;
  return joined([
    markup`<p class="faint">${legend.join(' · ')}. Orders that were harmed come first.${left}</p>`,
    markup`<div class="scroll" tabindex="0"><svg viewBox="0 0 ${rightOffset + 10} ${height + 16}" ${look}>`,
    groundOf(result, axis, height),
    ...rows,
    markup`</svg></div>`,
    eventsTable(axis, drawn, glyphs),
  ]);
};
