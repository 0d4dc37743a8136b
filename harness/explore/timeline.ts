/** The statements that led to a breach, in two columns: the session that broke the promise, and all others. */
import { harmless } from '../report/plain-text.ts';

/** What one session did, or what happened between the system and its surroundings. */
interface Entry {
  /** A session, or empty for a call, a webhook, a process. */
  readonly who: string;
  readonly did: string;
  /** Index into the lines of the world. */
  readonly line: number;
  /** How many rows came back, or which error. */
  brought?: string;
}

const columnChars = 38;
const entriesMax = 30;

const timers = /^(clock goes|timer fires)/;
const bySession = /^(\S+-\d+) (.*)$/s;
const result = /^= (\d+|null) /;
const failure = /^! (\S+)/;

/** The lines of a world as entries; what a statement brought is joined to it. */
const entriesIn = (lines: readonly string[]): readonly Entry[] => {
  const entries: Entry[] = [];
  const last = new Map<string, Entry>();
  for (const [line, text] of lines.entries()) {
    if (timers.test(text)) continue;
    const [, who = '', did = text] = bySession.exec(text) ?? [];
    const rows = result.exec(did)?.[1];
    const code = failure.exec(did)?.[1];
    const entry = last.get(who);
    if (rows !== undefined || code !== undefined) {
      if (entry) entry.brought = code ?? (rows === 'null' ? '' : `${rows} row${rows === '1' ? '' : 's'}`);
      continue;
    }
    const next: Entry = { who, did: harmless(did), line };
    // A statement that waits, or stands at its gate, is still the same one: its result belongs to it.
    if (who !== '' && !/^(waits for|stays behind|stands at|passes) /.test(did)) last.set(who, next);
    entries.push(next);
  }
  return entries;
};

/** Without gates that were passed at once: nobody came between. */
const withoutIdleGates = (entries: readonly Entry[]): readonly Entry[] =>
  entries.filter(({ who, did }, index) => {
    const [before, after] = [entries[index - 1], entries[index + 1]];
    const isPassed = did === 'stands at its gate' && after?.who === who && after.did === 'passes its gate';
    const isPassing = did === 'passes its gate' && before?.who === who && before.did === 'stands at its gate';
    return !isPassed && !isPassing;
  });

const cell = ({ did, brought }: Entry, prefix: string): string => {
  const end = brought ? ` > ${brought}` : '';
  return `${`${prefix}${did}`.slice(0, columnChars - end.length)}${end}`;
};

/** A row of each entry up to line `guiltyIndex`, that of the step that broke the promise; 80 columns. */
export const timelineText = (lines: readonly string[], guiltyIndex: number): string => {
  const all = withoutIdleGates(entriesIn(lines).filter(({ line }) => line <= guiltyIndex));
  const culprit = all.at(-1)?.who ?? '';
  const entries = all.slice(-entriesMax);
  const others = [...new Set(entries.map(({ who }) => who))].filter((who) => who !== '' && who !== culprit);
  const row = (left: string, right: string): string => `  ${left.padEnd(columnChars)}  ${right}`.trimEnd();
  const shown = entries.map((entry) => {
    if (entry.who === culprit && culprit !== '') return row(cell(entry, ''), '');
    const prefix = entry.who === '' || others.length === 1 ? '' : `${entry.who} `;
    return row('', cell(entry, prefix));
  });
  const omitted = all.length - entries.length;
  return [
    row(culprit || 'the system', others.length === 1 ? (others[0] ?? '') : 'others'),
    row('-'.repeat(columnChars), '-'.repeat(columnChars)),
    ...(omitted > 0 ? [`  (${omitted} before)`] : []),
    ...shown,
  ].join('\n');
};
