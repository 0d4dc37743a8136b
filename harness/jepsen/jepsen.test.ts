/** Histories as other checkers have to be able to read them. */
import { describe, expect, test } from 'vitest';
import type { Operation } from '../history.ts';
import { keyword, toEdn } from './edn.ts';
import { formats } from './formats.ts';
import { type Credited, listAppends } from './list-append.ts';
import { historyOf } from './operations.ts';

/** A reader for the part of EDN that is written, by its rules and not by the writer's: keywords come as `:name`. */
const fromEdn = (text: string): unknown => {
  const tokens = text.match(/"(?:\\.|[^"\\])*"|[[\]{}]|[^\s,[\]{}"]+/g) ?? [];
  const rest =
    tokens.join('').length - text.replace(/"(?:\\.|[^"\\])*"|[\s,]/g, (one) => (one.length > 1 ? one : '')).length;
  if (rest !== 0) throw new SyntaxError('something is no token');
  let at = 0;
  const until = (end: string): unknown[] => {
    const items: unknown[] = [];
    while (tokens[at] !== end) items.push(value());
    at += 1;
    return items;
  };
  const value = (): unknown => {
    const token = tokens[at++];
    if (token === undefined) throw new SyntaxError('it ends too early');
    if (token === '[') return until(']');
    if (token === '{') {
      const items = until('}');
      if (items.length % 2 > 0) throw new SyntaxError('a map has a name without a value');
      return Object.fromEntries(
        items.flatMap((item, index) => (index % 2 === 0 ? [[String(item), items[index + 1]]] : [])),
      );
    }
    if (token === 'nil') return null;
    if (/^:[a-z][a-z-]*$/.test(token)) return token;
    if (/^(true|false|-?\d+(\.\d+)?|".*")$/s.test(token)) return JSON.parse(token);
    throw new SyntaxError(`${token} is nothing`);
  };
  const read = value();
  if (at !== tokens.length) throw new SyntaxError('something follows');
  return read;
};

type Line = Readonly<Record<':index' | ':type' | ':process' | ':f' | ':value' | ':time', unknown>>;

const linesOf = (text: string): readonly Line[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => fromEdn(line) as Line);

const operation = (part: Partial<Operation>): Operation => ({
  kind: 'create-order',
  ordinal: 0,
  invokedMs: 0,
  completedMs: 1,
  outcome: 'ok',
  status: 200,
  subject: 'o1',
  ...part,
});

/** Two at once, one of which nobody knows the end of, then two more. */
const operations: readonly Operation[] = [
  operation({ invokedMs: 10, completedMs: 20, outcome: 'unknown', status: 0, subject: null }),
  operation({ invokedMs: 12, completedMs: 18, ordinal: 1, subject: 'o "2"' }),
  operation({ kind: 'webhook', invokedMs: 30, completedMs: 30, outcome: 'failed', status: 404 }),
  operation({ kind: 'pay', invokedMs: 31, completedMs: 40 }),
  operation({ kind: 'read-order', invokedMs: 32, completedMs: 33 }),
];

const recorded = { operations, books: { captured: [], orders: [], credits: [] } };

test.each([
  [null, 'nil'],
  [[1, -2.5, true, 'a "b"\n'], String.raw`[1 -2.5 true "a \"b\"\n"]`],
  [{ type: keyword('ok'), value: { order: null } }, '{:type :ok, :value {:order nil}}'],
])('%j is written as EDN', (value, text) => {
  expect(toEdn(value)).toBe(text);
});

test('what is no number in EDN is refused', () => {
  expect(() => toEdn(Number.NaN)).toThrow(RangeError);
});

test('a look at a wallet ends with the balance that was shown, as text', () => {
  const looks = [operation({ kind: 'read-wallet', subject: 'w1', shownMinor: 2n ** 60n })];
  const [, end] = linesOf(
    formats['jepsen-edn']({ operations: looks, books: { captured: [], orders: [], credits: [] } }),
  );
  expect(end?.[':value']).toEqual({ ':order': 0, ':subject': 'w1', ':balance': '1152921504606846976' });
});

describe('a Jepsen history', () => {
  const lines = linesOf(formats['jepsen-edn'](recorded));

  test('numbers its lines, in order of time, from nought', () => {
    expect(lines.map((line) => line[':index'])).toEqual(lines.map((_line, index) => index));
    const times = lines.map((line) => Number(line[':time']));
    expect(times[0]).toBe(0);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(times.at(-1)).toBe(30_000_000);
  });

  test('lets a process do one thing at a time, and ends each that it began', () => {
    const under = new Map<unknown, unknown>();
    for (const { ':process': process, ':type': type, ':f': f } of lines) {
      expect(under.get(process)).toBe(type === ':invoke' ? undefined : f);
      if (type === ':invoke') under.set(process, f);
      else under.delete(process);
    }
    expect([...under]).toEqual([]);
  });

  test('never uses the process again whose operation has no known end', () => {
    const info = lines.findIndex((line) => line[':type'] === ':info');
    expect(lines[info]).toMatchObject({ ':f': ':create-order', ':error': ':no-answer' });
    expect(lines.slice(info + 1).map((line) => line[':process'])).not.toContain(lines[info]?.[':process']);
  });

  test('says of a refusal why, and of an answer what it named', () => {
    expect(lines.filter((line) => line[':type'] === ':fail')).toMatchObject([{ ':error': [':status', 404] }]);
    expect(lines.find((line) => line[':type'] === ':ok')?.[':value']).toEqual({ ':order': 1, ':subject': 'o "2"' });
  });

  test('is the same as JSON', () => {
    const plain = (value: unknown): string =>
      JSON.stringify(value).replaceAll('":', '"').replaceAll('"', '').replaceAll(':', '');
    expect(plain(JSON.parse(formats['jepsen-json'](recorded)))).toBe(plain(lines));
  });

  test('takes what touches in one millisecond for simultaneous', () => {
    const span = { f: 'pay', type: 'ok', asked: null, ended: null } as const;
    const touching = [
      { ...span, invokedMs: 0, completedMs: 5 },
      { ...span, invokedMs: 5, completedMs: 5 },
    ];
    expect(historyOf(touching).map(({ process, type }) => `${process} ${type.name}`)).toEqual([
      '0 invoke',
      '1 invoke',
      '0 ok',
      '1 ok',
    ]);
  });
});

describe('transactions over lists', () => {
  const books = (part: Partial<Credited>): Credited => ({
    captured: [
      { id: 'pay-a', reference: 'r1', atMs: 10 },
      { id: 'pay-b', reference: 'r2', atMs: 20 },
    ],
    orders: [
      { reference: 'r1', wallet: 'w1', hold: null },
      { reference: 'r2', wallet: 'w1', hold: null },
    ],
    credits: [
      { paymentId: 'pay-b', wallet: 'w1', atMs: 31 },
      { paymentId: 'pay-a', wallet: 'w1', atMs: 30 },
    ],
    ...part,
  });
  const lines = (part: Partial<Credited>) => linesOf(formats.elle({ operations: [], books: books(part) }));
  const ended = (part: Partial<Credited>) =>
    lines(part)
      .filter((line) => line[':type'] !== ':invoke')
      .map((line) => [line[':type'], line[':value']]);

  test('append each payment to the list of its wallet, and read the list from the ledger afterwards', () => {
    expect(ended({})).toEqual([
      [':ok', [[':append', 'w1', 1]]],
      [':ok', [[':append', 'w1', 2]]],
      [':ok', [[':r', 'w1', [1, 2]]]],
    ]);
    expect(
      lines({})
        .filter((line) => line[':type'] === ':invoke')
        .at(-1)?.[':value'],
    ).toEqual([[':r', 'w1', null]]);
  });

  test('append a value once per list, whatever the ledger did with it', () => {
    const twice = ended({ credits: [...books({}).credits, { paymentId: 'pay-a', wallet: 'w1', atMs: 40 }] });
    expect(twice.at(-1)).toEqual([':ok', [[':r', 'w1', [1, 2, 1]]]]);
    const appended = twice.slice(0, -1).map(([, value]) => JSON.stringify(value));
    expect(new Set(appended).size).toBe(appended.length);
  });

  test('leave open whether an order on hold was credited', () => {
    const onHold = books({}).orders.map((order) => ({ ...order, hold: 'manual_review' }));
    const lost = { orders: onHold, credits: books({}).credits.slice(0, 1) };
    expect(ended(lost).map(([type]) => type)).toEqual([':info', ':ok', ':ok']);
    expect(ended({ ...lost, orders: books({}).orders }).map(([type]) => type)).toEqual([':ok', ':ok', ':ok']);
  });

  test('give what no provider knows a number of its own, and leave out what belongs to nobody', () => {
    const forged = { credits: [{ paymentId: 'forged', wallet: 'w2', atMs: 1 }], captured: [] };
    expect(ended(forged)).toEqual([
      [':ok', [[':r', 'w1', []]]],
      [':ok', [[':r', 'w2', [1]]]],
    ]);
    expect(listAppends(books({ orders: [], credits: [] }))).toEqual([]);
  });
});
