/** The steps that led to a breach, in two columns: the session that broke the promise, and all others. */
import { harmless } from '../report/plain-text.ts';

/** What one session did, or what happened between the system and its surroundings. */
export interface Entry {
  /** A session, or empty for a call, a webhook, a process. */
  readonly who: string;
  readonly did: string;
  /** Index into the lines of the world. */
  readonly line: number;
  /** How many rows came back, or which error. */
  brought?: string;
  /** The rows themselves, as JSON. */
  rows?: string;
  /** The money that it moved, in words. */
  readonly moves: readonly string[];
}

/** The way to a breach. */
export interface Timeline {
  /** The session whose step broke the promise; empty when none did. */
  readonly culprit: string;
  /** All other sessions. */
  readonly others: readonly string[];
  /** Up to the step that broke it. */
  readonly entries: readonly Entry[];
}

/** The money that steps moved, by the index of their line. */
export type Moves = ReadonlyMap<number, readonly string[]>;

const columnChars = 38;
const entriesMax = 30;

const timers = /^(clock goes|timer fires)/;
const bySession = /^(\S+-\d+) (.*)$/s;
const result = /^= (\d+|null) (.*)$/s;
const failure = /^! (\S+)/;

/** The lines of a world as entries; what a statement brought is joined to it, and what became of a call. */
const entriesIn = (lines: readonly string[], moves: Moves): readonly Entry[] => {
  const entries: Entry[] = [];
  const last = new Map<string, Entry>();
  for (const [line, text] of lines.entries()) {
    const isCallAlone = !bySession.test(text) && lines[line + 1]?.startsWith(`${text} `);
    if (timers.test(text) || isCallAlone) continue;
    const [, who = '', did = text] = bySession.exec(text) ?? [];
    const [, rowCount, rows] = result.exec(did) ?? [];
    const code = failure.exec(did)?.[1];
    const entry = last.get(who);
    if (rowCount !== undefined || code !== undefined) {
      if (!entry) continue;
      entry.brought = code ?? (rowCount === 'null' ? '' : `${rowCount} row${rowCount === '1' ? '' : 's'}`);
      if (rows !== undefined && rows !== '[]') entry.rows = rows;
      continue;
    }
    // A call is told when it ends, and began where it stands alone.
    const began = lines[line - 1];
    const isFate = who === '' && began !== undefined && text.startsWith(`${began} `);
    const at = isFate ? line - 1 : line;
    const next: Entry = { who, did: harmless(did), line: at, moves: moves.get(at) ?? [] };
    // A statement that waits, or stands at its gate, is still the same one: its result belongs to it.
    if (who !== '' && !/^(waits for|stays behind|stands at|passes) /.test(did)) last.set(who, next);
    entries.push(next);
  }
  return entries;
};

/** Without gates that were passed at once: nobody came between. */
const withoutIdleGates = (entries: readonly Entry[]): readonly Entry[] =>
  entries.filter(({ who, did, moves }, index) => {
    const [before, after] = [entries[index - 1], entries[index + 1]];
    const isPassed = did === 'stands at its gate' && after?.who === who && after.did === 'passes its gate';
    const isPassing = did === 'passes its gate' && before?.who === who && before.did === 'stands at its gate';
    return moves.length > 0 || (!isPassed && !isPassing);
  });

/** The way of a world up to line `guiltyIndex`, that of the step that broke the promise. */
export const timelineOf = (lines: readonly string[], guiltyIndex: number, moves: Moves = new Map()): Timeline => {
  const entries = withoutIdleGates(entriesIn(lines, moves).filter(({ line }) => line <= guiltyIndex));
  const culprit = entries.at(-1)?.who ?? '';
  const others = [...new Set(entries.map(({ who }) => who))].filter((who) => who !== '' && who !== culprit);
  return { culprit, others, entries };
};

/** Numbers that only machines read are told by their end. */
const shortened = (text: string): string => text.replace(/\b\w{16,}\b/g, (long) => `…${long.slice(-6)}`);

const cell = ({ did, brought }: Entry, prefix: string): string => {
  const end = brought ? ` > ${brought}` : '';
  return `${`${prefix}${shortened(did)}`.slice(0, columnChars - end.length)}${end}`;
};

/** A row of each entry, and one for each move of money; 80 columns, from the end of a long way. */
export const timelineText = ({ culprit, ...way }: Timeline): string => {
  const entries = way.entries.slice(-entriesMax);
  const others = way.others.filter((who) => entries.some((entry) => entry.who === who));
  const row = (left: string, right: string): string => `  ${left.padEnd(columnChars)}  ${right}`.trimEnd();
  const shown = entries.flatMap((entry) => {
    const isCulprit = entry.who === culprit && culprit !== '';
    const prefix = entry.who === '' || others.length === 1 || isCulprit ? '' : `${entry.who} `;
    const moves = entry.moves.map((move) => `  = ${shortened(harmless(move))}`.slice(0, 2 * columnChars));
    return [isCulprit ? row(cell(entry, ''), '') : row('', cell(entry, prefix)), ...moves];
  });
  const omitted = way.entries.length - entries.length;
  return [
    row(culprit || 'the system', others.length === 1 ? (others[0] ?? '') : 'others'),
    row('-'.repeat(columnChars), '-'.repeat(columnChars)),
    ...(omitted > 0 ? [`  (${omitted} before)`] : []),
    ...shown,
  ].join('\n');
};
