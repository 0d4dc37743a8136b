/**
 * The `.test` files of this folder: a part of the language of Prometheus's promqltest, so that its own runner accepts
 * them as well. `load STEP` with one series per line, then `eval instant at TIME EXPRESSION`: questions, by hand. Below
 * each stands what a real Prometheus answered, by `npm run answers`: series, a bare number for a scalar,
 * `expect string "…"`, `expect fail`, or nothing for an empty vector.
 */
import { parseDurationMs } from '../../duration.ts';
import { type Labels, nameLabel, seriesText } from '../../labels.ts';
import { createStore, type SampleStore } from '../../store.ts';
import { formatValue } from '../../value.ts';
import { parseNumber } from '../literals.ts';
import type { Reply } from './prometheus.ts';

/** One `eval`: what is asked, and what has to come out. */
export interface Case {
  readonly line: number;
  readonly expression: string;
  readonly atMs: number;
  /** The lines below it, as `linesOf` writes them. */
  readonly expected: readonly string[];
}

/** What a file holds. */
export interface Script {
  readonly store: SampleStore;
  readonly cases: readonly Case[];
}

/** How an answer is written below its question: one line per series in the order of their texts, numbers in full. */
export const linesOf = (reply: Reply): readonly string[] => {
  switch (reply.type) {
    case 'vector':
      return reply.samples.map(({ labels, value }) => `${seriesText(labels)} ${formatValue(value)}`).sort();
    case 'scalar':
      return [formatValue(reply.value)];
    case 'string':
      return [`expect string ${JSON.stringify(reply.value)}`];
    case 'refused':
      return ['expect fail'];
  }
};

const durationMs = (text: string): number => {
  const ms = parseDurationMs(text);
  if (ms === undefined) throw new TypeError(`"${text}" is no duration`);
  return ms;
};

/** A series and what follows it: `name{a="b"} rest`. */
const parseSeries = (line: string): { labels: Labels; rest: string } => {
  const match = /^([a-zA-Z_:][\w:]*)?(?:\{(.*?)\})?\s+(.*)$/.exec(line);
  if (!match) throw new TypeError(`"${line}" starts with no series`);
  const pairs = [...(match[2] ?? '').matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name, value]);
  const name = match[1] === undefined ? [] : [[nameLabel, match[1]]];
  return { labels: Object.fromEntries([...name, ...pairs]), rest: match[3] as string };
};

/** `1 2 _ stale 0+60x10 5x3 _x2`: undefined for no sample, null for a stale marker. */
const expandPoints = (text: string): (number | null | undefined)[] =>
  text.split(/\s+/).flatMap((item) => {
    if (item === '_') return [undefined];
    if (item === 'stale') return [null];
    const repeated = /^(_|-?[\d.]+)([+-][\d.]+)?x(\d+)$/.exec(item);
    if (!repeated) return [parseNumber(item)];
    const [start, step, count] = [repeated[1] as string, Number(repeated[2] ?? 0), Number(repeated[3])];
    if (start === '_') return Array.from({ length: count }, () => undefined);
    return Array.from({ length: count + 1 }, (_, index) => Number(start) + index * step);
  });

const load = (store: SampleStore, stepMs: number, line: string): void => {
  const { labels, rest } = parseSeries(line);
  for (const [index, value] of expandPoints(rest).entries()) {
    if (value !== undefined) store.append(labels, index * stepMs, value);
  }
};

const caseOf = (line: number, heading: string, below: readonly string[]): Case => {
  const match = /^eval instant at (\S+) (.*)$/.exec(heading);
  if (!match) throw new TypeError(`line ${line} is no command: ${heading}`);
  const atMs = match[1] === '0' ? 0 : durationMs(match[1] as string);
  return { line, expression: match[2] as string, atMs, expected: below };
};

/** Reads a whole file. */
export const parseScript = (text: string): Script => {
  const store = createStore();
  const cases: Case[] = [];
  const lines = text.split('\n').map((line, index) => ({ line, number: index + 1 }));
  const spoken = lines.filter(({ line }) => line.trim() !== '' && !line.startsWith('#'));
  for (const [index, { line, number }] of spoken.entries()) {
    if (line.startsWith(' ')) continue;
    const after = spoken.slice(index + 1);
    const end = after.findIndex((other) => !other.line.startsWith(' '));
    const below = after.slice(0, end === -1 ? undefined : end).map((other) => other.line.trim());
    if (line.startsWith('load ')) for (const series of below) load(store, durationMs(line.slice(5)), series);
    else cases.push(caseOf(number, line, below));
  }
  return { store, cases };
};

/** The first line of a file whose answers are those of this Prometheus. */
const titleOf = (version: string): string =>
  `# The answers are those of Prometheus ${version}, written by \`npm run answers\`.`;

/** The text of a file with the answers that `ask` gives, under the title of `version`. */
export const withAnswers = async (
  text: string,
  version: string,
  ask: (expression: string, atMs: number) => Promise<Reply>,
): Promise<string> => {
  const cases = new Map(parseScript(text).cases.map((given) => [given.line, given]));
  const lines: string[] = [];
  let replaces = false;
  for (const [index, line] of text.split('\n').entries()) {
    const given = cases.get(index + 1);
    if (!line.startsWith(' ')) replaces = given !== undefined;
    if (!replaces || given) lines.push(line);
    if (given) lines.push(...linesOf(await ask(given.expression, given.atMs)).map((answer) => `  ${answer}`));
  }
  const title = lines[0]?.startsWith(titleOf('').slice(0, 38)) ? lines.slice(1) : lines;
  return [titleOf(version), ...title].join('\n');
};
