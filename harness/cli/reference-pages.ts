/** The reference pages of the docs, printed from the registries. */

import { providers } from '#mocks/index';
import { loads } from '#scenarios/load/index';
import { anomalies } from '../anomalies/index.ts';
import { faults } from '../faults/index.ts';
import { alertNameOf } from '../invariant.ts';
import { formatRange } from '../range.ts';
import { lies } from '../run/lies.ts';
import type { Scenario } from '../scenario.ts';
import { workloads } from '../workloads/index.ts';
import type { Project } from './load-config.ts';
import { markdownTable as table } from './markdown-table.ts';
import { mockContractPage } from './mock-contract-page.ts';
import { promqlPage } from './promql-page.ts';

const paramsOf = (params: Readonly<Record<string, { readonly min: number; readonly max: number }>>): string =>
  Object.entries(params)
    .map(([name, range]) => `\`${name}\` ${formatRange(range)}`)
    .join(', ');

const rowOf = ({ id, hypothesis, expect, covers }: Scenario): string[] => [
  id,
  hypothesis,
  expect.map((invariant) => invariant.id).join(', '),
  covers.join(', '),
];

/** The part about who may be wrong on purpose: dashboards, and the system. */
const wrongOnPurpose = ({ target }: Project): string => `## Lies of dashboards
Put between a system and those who watch it, with \`--lie ID\`; the judge has to expose each.

${table(
  ['id', 'what is not true any more', 'told of', 'exposed as', 'the run ends'],
  lies.map(({ id, summary, about, exposedAs, finding }) => [id, summary, about, exposedAs, finding]),
)}

## Defects and look-alikes of the reference service
${table(
  ['id', 'kind', 'what it changes', 'witness', 'invariant', 'not in real time'],
  target.variants.map(({ id, kind, summary, witness, invariant, unreachable = '' }) => {
    return [id, kind, summary, witness, invariant, unreachable];
  }),
)}
`;

/** The part about the mocks. */
const mockProviders = (): string => `## Mock providers
What each speaks; [mocks/README.md](../mocks/README.md) says how to use them on their own.

${table(
  ['id', 'serves', 'operations', 'after'],
  Object.values(providers).map(({ id, serves, operations, docs }) => [
    id,
    serves,
    operations.map((operation) => `\`${operation}\``).join(', '),
    `<${docs}>`,
  ]),
)}
`;

/** The generated pages; `path` is relative to the root of the repository. */
export const referencePages = (project: Project): readonly { readonly path: string; readonly text: string }[] => {
  const { target, scenarios, invariants } = project;
  const text = `<!-- Written by \`npm run generate\`; edits are lost. -->
# Reference

## Scenarios
${table(['id', 'hypothesis', 'promises', 'covers'], scenarios.map(rowOf))}

## Loads
Run by \`topple load\`, with k6; see [load.md](load.md).

${table(['id', 'hypothesis', 'promises', 'covers'], loads.map(rowOf))}

## Invariants
${table(
  ['id', 'requirement', 'claim', 'alert'],
  invariants.map((invariant) => [
    invariant.id,
    invariant.covers,
    invariant.claim,
    invariant.signal !== undefined && target.signals[invariant.signal] !== undefined
      ? alertNameOf(invariant)
      : 'none: judged from the books alone',
  ]),
)}

## Anomaly classes
What kind of breach it was stands behind it in every report: \`5 credits: double credit (C1)\`. None is judged twice: an
invariant decides, and its witnesses say of which class they are.

${table(
  ['id', 'name', 'when', 'look for', 'judged by'],
  anomalies.map(({ id, name, when, look, judgedBy }) => [id, name, when, look, judgedBy]),
)}

## Faults
${table(
  ['id', 'layer', 'what it does', 'parameters'],
  faults.map(({ id, layer, summary, params }) => [id, layer, summary, paramsOf(params)]),
)}

${mockProviders()}
## Workloads
${table(
  ['id', 'what it asks', 'parameters'],
  workloads.map(({ id, summary, params }) => [id, summary, paramsOf(params)]),
)}

${wrongOnPurpose(project)}`;
  return [
    { path: 'docs/reference.md', text },
    { path: 'docs/mock-contract.md', text: mockContractPage() },
    { path: 'docs/promql.md', text: promqlPage() },
  ];
};
