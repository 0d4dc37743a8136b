/** Writes what a run found out to `.topple/runs/<id>/`, all of it or nothing, and reads back what a replay needs. */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Books } from '../books.ts';
import { errors } from '../errors.ts';
import { type Operation, toNdjson } from '../history.ts';
import { isOrphan, ownedName } from '../owner.ts';
import type { RunResult } from '../run/result.ts';
import { htmlReport } from './html/page.ts';
import type { journalFiles } from './journal-files.ts';
import { choicesOf, toJson, verdictDocument } from './json.ts';
import { junitReport } from './junit.ts';
import { markdownReport } from './markdown.ts';

/** What is left of a value in JSON, where amounts are decimal text. */
export type JsonOf<T> = T extends bigint
  ? string
  : T extends object
    ? { readonly [Key in keyof T]: JsonOf<T[Key]> }
    : T;

/** The recorded choices of a run, as `choicesOf` made them. */
export type Choices = ReturnType<typeof choicesOf>;

/** The journal of a run that is under way; what `replay` takes later is its `id`. */
export interface Journal {
  readonly id: string;
  /** Where its files are until it is finished. */
  readonly path: string;
}

const runsFolder = (folder: string): string => join(folder, '.topple', 'runs');

/** Apart from `runs`, so that whatever is read there comes from a run that was finished. */
const unfinishedFolder = (folder: string): string => join(folder, '.topple', 'unfinished');

const claimsOn = (folder: string, id: string): readonly string[] =>
  readdirSync(unfinishedFolder(folder)).filter((name) => name.startsWith(`${id}-`));

/** Makes the folder of a journal called `id`; undefined when there is one already, or being made at this moment. */
const claim = (folder: string, id: string): Journal | undefined => {
  const path = join(unfinishedFolder(folder), ownedName(id));
  if (existsSync(path)) return undefined;
  mkdirSync(path);
  if (claimsOn(folder, id).length === 1 && !existsSync(join(runsFolder(folder), id))) return { id, path };
  rmSync(path, { recursive: true });
  return undefined;
};

/**
 * A new journal in `<folder>/.topple/unfinished`, owned by this process; those that killed runs left there are removed.
 * Throws `not-writable`.
 */
export const openJournal = (folder: string, nowMs: number): Journal => {
  try {
    for (const path of [runsFolder(folder), unfinishedFolder(folder)]) mkdirSync(path, { recursive: true });
    for (const path of leftJournals(folder)) rmSync(path, { recursive: true, force: true });
    for (let moment = Math.floor(nowMs); ; moment += 1) {
      const journal = claim(folder, moment.toString(36));
      if (journal !== undefined) return journal;
    }
  } catch (error) {
    throw errors.notWritable(unfinishedFolder(folder), error);
  }
};

/** The report for people, as somebody in the folder of the run would open it. */
export const reportPathOf = (id: string): string => join('.topple', 'runs', id, 'report.html');

/** Removes a journal unless it is finished; nothing happens when it is gone. */
export const dropJournal = ({ path }: Journal): void => rmSync(path, { recursive: true, force: true });

type Files = Readonly<Record<keyof typeof journalFiles, string>>;

const lineOf = (document: object): string => `${toJson(document)}\n`;

/** What was seen from outside has files of its own. */
const withoutTraces = ({ traces: _elsewhere, ...books }: Books) => books;

const filesOf = (id: string, result: RunResult): Files => ({
  'history.ndjson': toNdjson(result.history.operations),
  'choices.json': toJson(choicesOf(result.request, result.plan), 2),
  'books.json': toJson(withoutTraces(result.books), 2),
  'provider-calls.ndjson': result.records.flatMap(({ calls }) => calls.map(lineOf)).join(''),
  'deliveries.ndjson': result.records.flatMap(({ deliveries }) => deliveries.map(lineOf)).join(''),
  'verdict.json': toJson(verdictDocument(result, id), 2),
  'metrics.om': result.signals.openMetrics,
  'alerts.json': toJson(result.signals.alerts, 2),
  'junit.xml': junitReport(result),
  'summary.md': markdownReport(result),
  'report.html': htmlReport(result, id),
  ...Object.fromEntries(Object.entries(result.logs).map(([name, text]) => [`${name}.log`, text])),
});

/**
 * Writes all files of a run, then moves them to `.topple/runs/<id>` in one step: who is killed on the way leaves
 * nothing there. Throws `not-writable`.
 */
export const finishJournal = ({ id, path }: Journal, result: RunResult): void => {
  const finished = join(dirname(dirname(path)), 'runs', id);
  const files = Object.entries(filesOf(id, result));
  try {
    for (const [name, text] of files) writeFileSync(join(path, name), text);
    renameSync(path, finished);
  } catch (error) {
    throw errors.notWritable(finished, error);
  }
};

/** Journals in `folder` of this user's runs that were killed, as paths. */
export const leftJournals = (folder: string): readonly string[] => {
  const unfinished = unfinishedFolder(folder);
  if (!existsSync(unfinished)) return [];
  return readdirSync(unfinished)
    .filter((name) => isOrphan(name, name.slice(0, name.indexOf('-'))))
    .map((name) => join(unfinished, name))
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.uid === process.getuid?.());
};

const readDocument = <Document>(
  folder: string,
  id: string,
  name: keyof typeof journalFiles,
  parse: (text: string) => unknown = JSON.parse,
): Document => {
  try {
    return parse(readFileSync(join(runsFolder(folder), id, name), 'utf8')) as Document;
  } catch (error) {
    const [claimed] = existsSync(unfinishedFolder(folder)) ? claimsOn(folder, id) : [];
    if (claimed !== undefined) throw errors.runNotFinished(id, isOrphan(claimed, id));
    throw errors.noSuchRun(id, runsFolder(folder), name, error);
  }
};

/** The choices of run `id`; throws the usage error when there is none, or none that was finished. */
export const readChoices = (folder: string, id: string): Choices => readDocument(folder, id, 'choices.json');

/** The verdict of run `id`; throws the usage error when there is none, or none that was finished. */
export const readVerdict = (folder: string, id: string): ReturnType<typeof verdictDocument> =>
  readDocument(folder, id, 'verdict.json');

const linesIn = (text: string): unknown[] =>
  text
    .split('\n')
    .filter(Boolean)
    .map((line): unknown => JSON.parse(line));

/** The history of run `id`; throws the usage error when there is none, or none that was finished. */
export const readHistory = (folder: string, id: string): readonly Operation[] =>
  readDocument(folder, id, 'history.ndjson', linesIn);

/** The books of run `id`, whose amounts are decimal text; throws the usage error when there are none. */
export const readBooks = (folder: string, id: string): JsonOf<Omit<Books, 'traces'>> =>
  readDocument(folder, id, 'books.json');
