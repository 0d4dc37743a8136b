/** Lists as API v1 pages them: newest first, by cursor. */
import { listLimits, type Refusal, refusals } from './quirks.ts';

const limitIn = (query: URLSearchParams): number | Refusal => {
  const given = query.get('limit');
  if (given === null) return listLimits.unasked;
  const limit = /^\d{1,4}$/.test(given) ? Number(given) : 0;
  return limit >= listLimits.min && limit <= listLimits.max ? limit : refusals.integer('limit', given);
};

/** A row of a list: `created` in seconds, and, where it has one, its type. */
interface Row {
  readonly id: string;
  readonly created: number;
  readonly type?: string;
}

/** What a list is of: its address, and how the API calls a row that there is not. */
export interface Listed<Kept extends Row> {
  readonly url: string;
  readonly noun: string;
  /** Fields that a query may ask a row to have, beside type and created. */
  readonly fields?: readonly string[];
  /** A row as it is answered; left out: as it is. */
  readonly shown?: (row: Kept) => object;
}

const isWanted = (row: Row, query: URLSearchParams, fields: readonly string[]): boolean => {
  const kinds = [...query].filter(([name]) => name === 'type' || /^types\[\d*\]$/.test(name)).map(([, kind]) => kind);
  const [since, until] = [query.get('created[gte]'), query.get('created[lte]')];
  const has = (name: string): boolean =>
    !query.has(name) || String((row as unknown as Readonly<Record<string, unknown>>)[name]) === query.get(name);
  return (
    (kinds.length === 0 || kinds.includes(row.type ?? '')) &&
    (since === null || row.created >= Number(since)) &&
    (until === null || row.created <= Number(until)) &&
    fields.every(has)
  );
};

/** `all` is oldest first; the page does without the newest `unseenCount`. A cursor that is no row is refused. */
export const listRows = <Kept extends Row>(
  all: readonly Kept[],
  query: URLSearchParams,
  { url, noun, fields = [], shown = (row) => row }: Listed<Kept>,
  unseenCount: number,
): object | Refusal => {
  const limit = limitIn(query);
  if (typeof limit !== 'number') return limit;
  const rows = [...all].reverse();
  const [after, before] = [query.get('starting_after'), query.get('ending_before')];
  const cursor = after ?? before;
  const at = rows.findIndex(({ id }) => id === cursor);
  if (cursor !== null && at === -1)
    return refusals.noSuch(noun, cursor, after !== null ? 'starting_after' : 'ending_before');
  const side = after !== null ? rows.slice(at + 1) : before !== null ? rows.slice(0, at).reverse() : rows;
  const hidden = unseenCount === 0 ? [] : rows.filter((row) => isWanted(row, query, fields)).slice(0, unseenCount);
  const wanted = side.filter((row) => !hidden.includes(row) && isWanted(row, query, fields));
  const page = wanted.slice(0, limit);
  const data = (before !== null && after === null ? page.reverse() : page).map(shown);
  return { object: 'list', data, has_more: wanted.length > limit, url };
};
