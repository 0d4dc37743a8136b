/** Everything that is derived from the invariants and a target, as text: boards, rules, and the tests of the rules. */
import { readFileSync } from 'node:fs';
import { errors } from '#harness/errors';
import { invariants as allInvariants } from '#harness/invariants/index';
import { boardJson } from './boards/finish.ts';
import { moneyBoardFile } from './boards/money.ts';
import { runbookBoard } from './boards/runbooks.ts';
import { runbookBoardUid, runbookUrlOf } from './links.ts';
import { type Observable, observedInvariants } from './observed.ts';
import { type GeneratedFile, ruleFiles } from './rule-files.ts';

const runbookBoardPath = `dashboards/generated/grafana/${runbookBoardUid}.json`;

const runbookOf = (invariantId: string): string => {
  try {
    return readFileSync(new URL(`runbooks/${invariantId}.md`, import.meta.url), 'utf8');
  } catch {
    throw errors.runbookMissing(invariantId, runbookUrlOf(invariantId));
  }
};

/**
 * All generated files of a target: boards, and rules for production and for runs. The same target and runbooks give the
 * same text to the byte. Throws `runbook-missing` for an invariant whose alert would lead nowhere.
 */
export const generatedFiles = (target: Observable, invariants = allInvariants): readonly GeneratedFile[] => {
  const runbooks = observedInvariants(invariants, target).map(({ invariant }) => runbookOf(invariant.id));
  return [
    moneyBoardFile(target, invariants),
    { path: runbookBoardPath, text: boardJson(runbookBoard(runbooks)) },
    ...ruleFiles(target, invariants),
  ];
};
