/** The routes: who asks, what for, and what is answered; every answer is signed, and belongs to its question. */
import type { Clock } from '#harness/clock';
import type { Call, Reply } from '#harness/provider';
import { once } from '../once.ts';
import type { Route } from '../open-provider.ts';
import { type Found, openRouteTable } from '../route-table.ts';
import {
  accounts,
  answerComponents,
  operations,
  pageEntriesMax,
  type Refusal,
  refusals,
  requestComponents,
  statementAfterMs,
  toleranceMs,
} from './quirks.ts';
import {
  type Component,
  digestOf,
  keyOf,
  readSignature,
  requestParts,
  type SigningKey,
  signatureFields,
} from './sign.ts';
import type { Sign } from './spoils.ts';
import type { Entry, Passbooks } from './states.ts';
import { dayOf, type Page, problemReply, reportText, statementText, xmlReply } from './wire.ts';

/** The parts of the open bank that its API acts on. */
export interface Desk {
  readonly passbooks: Passbooks;
  readonly clock: Clock;
  /** Signatures are dated by real time. */
  readonly wall: Clock;
  readonly key: SigningKey;
  readonly clientKey: SigningKey;
}

/**
 * A query as it was understood: `entries` are those that the bank knows of by the moment that is asked about, oldest
 * first; what is answered does without the newest `unseenCount` of those that the list has.
 */
interface Asked {
  readonly currency: string;
  readonly entries: readonly Entry[];
  readonly unseenCount: number;
  readonly query: URLSearchParams;
  readonly nowMs: number;
}

type Handler = (asked: Asked) => string | Refusal;

/** The entries of page `page` of the query (1 where it names none), or why there is no such page. */
const paged = (
  entries: readonly Entry[],
  query: URLSearchParams,
): { shown: readonly Entry[]; page: Page } | Refusal => {
  const wanted = query.get('page') ?? '1';
  const nth = /^[1-9]\d{0,5}$/.test(wanted) ? Number(wanted) : 0;
  const last = Math.max(1, Math.ceil(entries.length / pageEntriesMax));
  if (nth < 1 || nth > last) return refusals.noSuchPage(wanted);
  const from = (nth - 1) * pageEntriesMax;
  return { shown: entries.slice(from, from + pageEntriesMax), page: { nth, isLast: nth === last } };
};

const seen = (entries: readonly Entry[], unseenCount: number): readonly Entry[] =>
  entries.slice(0, Math.max(0, entries.length - unseenCount));

const isDay = (day: string): boolean => /^\d{4}-\d\d-\d\d$/.test(day) && !Number.isNaN(Date.parse(day));

const statement: Handler = ({ currency, entries, unseenCount, query, nowMs }) => {
  const day = query.get('day') ?? '';
  if (!isDay(day) || dayOf(Date.parse(day)) !== day) return refusals.noSuchDay(day);
  const [fromMs, untilMs] = [Date.parse(day), Date.parse(day) + 86_400_000];
  if (nowMs < untilMs + statementAfterMs) return refusals.notYet(day);
  const before = entries.filter(({ bookedMs }) => bookedMs < fromMs);
  const ofDay = entries.filter(({ bookedMs }) => bookedMs >= fromMs && bookedMs < untilMs);
  const during = seen(ofDay, unseenCount);
  const found = paged(during, query);
  if ('code' in found) return found;
  return statementText({ currency, day, before, during }, found.shown, found.page, nowMs);
};

const transactions: Handler = ({ currency, entries, unseenCount, query, nowMs }) => {
  const from = query.get('entryReferenceFrom');
  const known = seen(entries, unseenCount);
  const at = known.findIndex(({ number }) => number === from);
  if (from !== null && at < 0) return refusals.noSuchEntry(from);
  const found = paged(known.slice(at + 1), query);
  return 'code' in found ? found : reportText(currency, found.shown, found.page, nowMs);
};

const handlers: Readonly<Record<string, Handler>> = {
  [operations.statement]: statement,
  [operations.transactions]: transactions,
};

/** Why a call is not the merchant's; undefined when it is. */
const refusalOf = (call: Call, { wall, clientKey }: Desk): Refusal | undefined => {
  const { headers, body } = call;
  const { 'signature-input': input, signature } = headers;
  if (input === undefined && signature === undefined) return refusals.unsigned;
  const signed = readSignature(input ?? '', signature ?? '');
  if (signed === undefined) return refusals.unreadable;
  if (signed.keyId !== clientKey.id) return refusals.otherKey;
  if (!(Math.abs(wall.nowMs() - signed.createdMs) <= toleranceMs)) return refusals.otherTime;
  const needed = [...requestComponents, ...(body.length > 0 ? ['content-digest'] : [])];
  const missing = needed.find((name) => !signed.names.includes(`"${name}"`));
  if (missing !== undefined) return refusals.uncovered(missing);
  if (!signed.isRightBy(clientKey.publicKey, requestParts(call))) return refusals.wrong;
  const digest = headers['content-digest'];
  return digest !== undefined && digest !== digestOf(body) ? refusals.otherBody : undefined;
};

/** Signs answers of the bank. */
export const openSign =
  ({ wall, key }: Pick<Desk, 'wall' | 'key'>): Sign =>
  (reply, call, how) => {
    const ofRequest = requestParts(call);
    const digest = digestOf(reply.body);
    const own: Readonly<Record<string, string | undefined>> = {
      '"@status"': String(reply.status),
      '"content-type"': reply.headers['Content-Type'],
      '"content-digest"': digest,
    };
    const partOf: Component = (name) => own[name] ?? ofRequest(name.replace(/;req$/, ''));
    const by = how === undefined ? key : { ...keyOf('stranger'), id: key.id };
    const fields = signatureFields(answerComponents, partOf, by, wall.nowMs());
    return { ...reply, headers: { ...reply.headers, 'Content-Digest': digest, ...fields } };
  };

type Seen = Pick<Asked, 'nowMs' | 'unseenCount'>;

const answered = (desk: Desk, found: Found<Handler>, query: URLSearchParams, { nowMs, unseenCount }: Seen): Reply => {
  const [currency] = Object.entries(accounts).find(([, iban]) => iban === found.part) ?? [];
  if (currency === undefined) return problemReply(refusals.noSuchAccount(found.part));
  const entries = desk.passbooks.of(currency).filter(({ bookedMs }) => bookedMs <= nowMs);
  const said = found.handler({ currency, entries, unseenCount, query, nowMs });
  return typeof said === 'string' ? xmlReply(said) : problemReply(said);
};

/** The routes; whoever has not signed is refused before anything else is looked at. */
export const openRoutes = (desk: Desk, sign: Sign): ((call: Call) => Route) => {
  const find = openRouteTable(handlers);
  return (call) => {
    const found = find(call.method, call.path);
    const refusalOfCaller = once(() => refusalOf(call, desk));
    const replied = (lagMs: number, unseenCount: number): Reply => {
      const refusal = refusalOfCaller();
      const asked = `${call.method} ${call.path}`;
      if (refusal !== undefined) return problemReply(refusal);
      if (found === 'other-method') return problemReply(refusals.otherMethod(asked));
      if (found === undefined) return problemReply(refusals.noSuchRoute(asked));
      return answered(desk, found, call.query, { nowMs: desk.clock.nowMs() - lagMs, unseenCount });
    };
    const isFound = found !== undefined && found !== 'other-method';
    return {
      operation: isFound ? found.operation : 'unknown',
      reference: '',
      isAuthentic: () => refusalOfCaller() === undefined,
      run: (lagMs, unseenCount) => sign(replied(lagMs, unseenCount), call),
    };
  };
};
