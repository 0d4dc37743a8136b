/** Everything that is derived from the invariants and a target, as text: boards, rules, and the tests of the rules. */
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { errors } from '#harness/errors';
import type { Invariant } from '#harness/invariant';
import { boardJson } from './boards/finish.ts';
import { moneyBoardFile } from './boards/money.ts';
import { runbookBoard } from './boards/runbooks.ts';
import { runbookBoardUid, runbookUrlOf } from './links.ts';
import { type Observable, observedInvariants } from './observed.ts';
import { type GeneratedFile, ruleFiles } from './rule-files.ts';

const runbookBoardPath = `dashboards/generated/grafana/${runbookBoardUid}.json`;

const textOf = (file: URL): string | undefined => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
};

/** The runbook that the user keeps in `folder`, else the one that comes with topple. */
const runbookOf = (invariantId: string, folder: string): string => {
  const path = runbookUrlOf(invariantId);
  const text =
    textOf(new URL(path, `${pathToFileURL(folder)}/`)) ??
    textOf(new URL(`runbooks/${invariantId}.md`, import.meta.url));
  if (text === undefined) throw errors.runbookMissing(invariantId, path);
  return text;
};

/**
 * All generated files of a target: boards, and rules for production and for runs, with the runbooks of `folder`. The
 * same target and runbooks give the same text to the byte. Throws `runbook-missing` for an invariant whose alert would
 * lead nowhere.
 */
export const generatedFiles = (
  target: Observable,
  invariants: readonly Invariant[],
  folder: string,
): readonly GeneratedFile[] => {
  const runbooks = observedInvariants(invariants, target).map(({ invariant }) => runbookOf(invariant.id, folder));
  return [
    moneyBoardFile(target, invariants),
    { path: runbookBoardPath, text: boardJson(runbookBoard(runbooks)) },
    ...ruleFiles(target, invariants),
  ];
};
