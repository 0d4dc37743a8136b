import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ownedName } from '../owner.ts';
import { dropJournal, finishJournal, leftJournals, openJournal, readChoices, readVerdict } from './journal.ts';
import { sampleResult } from './test-result.ts';

const newFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'journal-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
};
const runsIn = (folder: string): string[] => readdirSync(join(folder, '.topple', 'runs'));

/** What a process of the same id as this one, but started at another time, would have left. */
const leaveUnfinished = (folder: string, id: string): string => {
  const path = join(folder, '.topple', 'unfinished', ownedName(id).replace(/-\d+-(\d+)$/, '-1-$1'));
  mkdirSync(path, { recursive: true });
  return path;
};

test('a journal is written whole and read back by a replay', () => {
  const folder = newFolder();
  const journal = openJournal(folder, 1_000);
  finishJournal(journal, sampleResult(2));
  expect(runsIn(folder)).toEqual([journal.id]);
  expect(readdirSync(join(folder, '.topple', 'unfinished'))).toEqual([]);
  const files = join(folder, '.topple', 'runs', journal.id);
  expect(readdirSync(files).sort()).toEqual([
    'alerts.json',
    'api.log',
    'books.json',
    'choices.json',
    'deliveries.ndjson',
    'history.ndjson',
    'junit.xml',
    'metrics.om',
    'provider-calls.ndjson',
    'report.html',
    'summary.md',
    'verdict.json',
  ]);
  expect(readChoices(folder, journal.id)).toMatchObject({
    scenario: 'sample',
    seed: 7,
    variant: 'credit-without-dedup',
  });
  expect(readVerdict(folder, journal.id).finding).toBe('violated');
  expect(readFileSync(join(files, 'metrics.om'), 'utf8')).toBe('# EOF\n');
  expect(() => readChoices(folder, 'nope')).toThrow('The run "nope" cannot be replayed.');
});

test('no two journals have the same name, whether one is under way or finished', () => {
  const folder = newFolder();
  const first = openJournal(folder, 1_000);
  const second = openJournal(folder, 1_000);
  finishJournal(second, sampleResult(1));
  const third = openJournal(folder, 1_000);
  expect([first, second, third].map(({ id }) => id)).toEqual(
    [1_000, 1_001, 1_002].map((moment) => moment.toString(36)),
  );
});

test('a journal that cannot be written whole leaves nothing that a reader would take for a run', () => {
  const folder = newFolder();
  const journal = openJournal(folder, 1_000);
  const result = { ...sampleResult(1), logs: { 'no/such folder': 'text' } };
  expect(() => finishJournal(journal, result)).toThrow('cannot be written');
  expect(readdirSync(journal.path)).toContain('verdict.json');
  expect(runsIn(folder)).toEqual([]);
  dropJournal(journal);
  dropJournal(journal);
  expect(readdirSync(join(folder, '.topple', 'unfinished'))).toEqual([]);
});

test('a run that was not finished is told from one that never was', () => {
  const folder = newFolder();
  const { id } = openJournal(folder, 1_000);
  const code = 'run-not-finished';
  expect(() => readVerdict(folder, id)).toThrow(
    expect.objectContaining({ code, message: `The run "${id}" was not finished yet: it is still under way.` }),
  );
  leaveUnfinished(folder, 'dead');
  expect(() => readVerdict(folder, 'dead')).toThrow(
    expect.objectContaining({ code, message: 'The run "dead" was not finished: it was killed.' }),
  );
});

test('only journals of dead owners count as left', () => {
  const folder = newFolder();
  expect(leftJournals(folder)).toEqual([]);
  openJournal(folder, 1_000);
  mkdirSync(join(folder, '.topple', 'unfinished', 'a (note) of somebody'));
  const left = leaveUnfinished(folder, 'dead');
  expect(leftJournals(folder).map((path) => basename(path))).toEqual([basename(left)]);
});

test('the next journal removes those of dead owners, and no others', () => {
  const folder = newFolder();
  const alive = openJournal(folder, 1_000);
  leaveUnfinished(folder, 'dead');
  const next = openJournal(folder, 1_000);
  const there = readdirSync(join(folder, '.topple', 'unfinished'));
  expect(there.sort()).toEqual([alive, next].map(({ path }) => basename(path)).sort());
});
