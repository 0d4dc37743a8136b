/** Writes what a run found out to `.topple/runs/<id>/`, and reads back what a replay needs. */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errors } from '../errors.ts';
import { toNdjson } from '../history.ts';
import type { RunResult } from '../run/result.ts';
import { htmlReport } from './html/page.ts';
import { choicesOf, toJson, verdictDocument } from './json.ts';
import { junitReport } from './junit.ts';
import { markdownReport } from './markdown.ts';

/** The recorded choices of a run, as `choicesOf` made them. */
export type Choices = ReturnType<typeof choicesOf>;

/** The folder of one run; its name `id` is what `replay` takes. */
export interface Journal {
  readonly id: string;
  readonly path: string;
}

const runsFolder = (folder: string): string => join(folder, '.topple', 'runs');

/** A new folder below `<folder>/.topple/runs`. Throws `not-writable`. */
export const openJournal = (folder: string, nowMs: number): Journal => {
  try {
    mkdirSync(runsFolder(folder), { recursive: true });
    let moment = Math.floor(nowMs);
    while (existsSync(join(runsFolder(folder), moment.toString(36)))) moment += 1;
    const id = moment.toString(36);
    const path = join(runsFolder(folder), id);
    mkdirSync(path);
    return { id, path };
  } catch (error) {
    throw errors.notWritable(runsFolder(folder), error);
  }
};

/** The report for people, as somebody in the folder of the run would open it. */
export const reportPathOf = (id: string): string => join('.topple', 'runs', id, 'report.html');

/** Removes a journal into which nothing was written. */
export const dropJournal = ({ path }: Journal): void => rmSync(path, { recursive: true });

/** Writes all files of a run, the verdict last. */
export const writeJournal = ({ id, path }: Journal, result: RunResult): void => {
  const files = {
    'history.ndjson': toNdjson(result.history.operations),
    'choices.json': toJson(choicesOf(result.request, result.plan), 2),
    'books.json': toJson(result.books, 2),
    'provider-calls.ndjson': result.records.flatMap(({ calls }) => calls.map((call) => `${toJson(call)}\n`)).join(''),
    'metrics.om': result.signals.openMetrics,
    'alerts.json': toJson(result.signals.alerts, 2),
    'junit.xml': junitReport(result),
    'summary.md': markdownReport(result),
    'report.html': htmlReport(result, id),
    ...Object.fromEntries(Object.entries(result.logs).map(([name, text]) => [`${name}.log`, text])),
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text);
  // Last and at once: a journal that was cut short by a kill has no verdict that somebody could take for one.
  writeFileSync(join(path, 'verdict.part'), toJson(verdictDocument(result, id), 2));
  renameSync(join(path, 'verdict.part'), join(path, 'verdict.json'));
};

const readDocument = <Document>(folder: string, id: string, name: string): Document => {
  try {
    return JSON.parse(readFileSync(join(runsFolder(folder), id, name), 'utf8')) as Document;
  } catch (error) {
    throw errors.noSuchRun(id, runsFolder(folder), name, error);
  }
};

/** The choices of run `id`; throws the usage error when there is no such run. */
export const readChoices = (folder: string, id: string): Choices => readDocument(folder, id, 'choices.json');

/** The verdict of run `id`; throws the usage error when there is no such run. */
export const readVerdict = (folder: string, id: string): ReturnType<typeof verdictDocument> =>
  readDocument(folder, id, 'verdict.json');
