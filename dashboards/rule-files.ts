/** Rule files as text, apart from the boards: a run needs the rules at once and no board at all. */
import { basename } from 'node:path';
import { stringify } from 'yaml';
import type { Invariant } from '#harness/invariant';
import type { Observable } from './observed.ts';
import { ruleTestsOf } from './promtool.ts';
import { productionRulesPath, ruleFileOf, runScaleOf, shortRunRulesPath } from './rules.ts';

/** A file to be written; `path` is relative to the root of the repository, `text` ends in a newline. */
export interface GeneratedFile {
  readonly path: string;
  readonly text: string;
}

const yamlOf = (value: object): string => {
  const text = stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });
  return `# Written by \`npm run generate\`; edits are lost.\n${text}`;
};

/** Rules at `path` and their promtool tests beside them, the windows `scale` times shorter than in production. */
const rulesAndTests = (
  invariants: readonly Invariant[],
  target: Observable,
  path: string,
  scale: number,
): readonly GeneratedFile[] => [
  { path, text: yamlOf(ruleFileOf(invariants, target, scale)) },
  {
    path: path.replace(/\.yml$/, '_test.yml'),
    text: yamlOf(ruleTestsOf(invariants, target, scale, basename(path))),
  },
];

/** The rules for production and for runs of a target, each with its promtool tests. */
export const ruleFiles = (target: Observable, invariants: readonly Invariant[]): readonly GeneratedFile[] => [
  ...rulesAndTests(invariants, target, productionRulesPath, 1),
  ...rulesAndTests(invariants, target, shortRunRulesPath, runScaleOf(target)),
];

/** The rules by which a run of a target is watched. */
export const runRulesOf = (target: Observable, invariants: readonly Invariant[]): GeneratedFile => ({
  path: shortRunRulesPath,
  text: yamlOf(ruleFileOf(invariants, target, runScaleOf(target))),
});

/** The rules by which a target is watched in production. */
export const productionRulesOf = (target: Observable, invariants: readonly Invariant[]): GeneratedFile => ({
  path: productionRulesPath,
  text: yamlOf(ruleFileOf(invariants, target, 1)),
});
