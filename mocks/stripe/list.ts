/** Lists as API v1 pages them: newest first, by cursor. */
import type { Notice } from './notices.ts';
import { listLimits, type Refusal, refusals } from './quirks.ts';

const limitIn = (query: URLSearchParams): number | Refusal => {
  const given = query.get('limit');
  if (given === null) return listLimits.unasked;
  const limit = /^\d{1,4}$/.test(given) ? Number(given) : 0;
  return limit >= listLimits.min && limit <= listLimits.max ? limit : refusals.integer('limit', given);
};

const isWanted = (notice: Notice, query: URLSearchParams): boolean => {
  const kinds = [...query].filter(([name]) => name === 'type' || /^types\[\d*\]$/.test(name)).map(([, kind]) => kind);
  const [since, until] = [query.get('created[gte]'), query.get('created[lte]')];
  return (
    (kinds.length === 0 || kinds.includes(notice.type)) &&
    (since === null || notice.created >= Number(since)) &&
    (until === null || notice.created <= Number(until))
  );
};

/** `all` is oldest first. A cursor that is no notice is refused. */
export const listNotices = (all: readonly Notice[], query: URLSearchParams): object | Refusal => {
  const limit = limitIn(query);
  if (typeof limit !== 'number') return limit;
  const rows = [...all].reverse();
  const [after, before] = [query.get('starting_after'), query.get('ending_before')];
  const cursor = after ?? before;
  const at = rows.findIndex(({ id }) => id === cursor);
  if (cursor !== null && at === -1) return refusals.noSuch('event', cursor);
  const side = after !== null ? rows.slice(at + 1) : before !== null ? rows.slice(0, at).reverse() : rows;
  const wanted = side.filter((notice) => isWanted(notice, query));
  const page = wanted.slice(0, limit);
  return {
    object: 'list',
    data: before !== null && after === null ? page.reverse() : page,
    has_more: wanted.length > limit,
    url: '/v1/events',
  };
};
