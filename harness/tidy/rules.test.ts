import { describe, expect, test } from 'vitest';
import { rules } from './index.ts';
import type { SourceFile } from './source.ts';

/** A small project: text by path. */
type Project = Readonly<Record<string, string>>;

const doc = '/** Says what it is. */\n';
const lines = (count: number): string => '// a line\n'.repeat(count);
const sized = (...counts: number[]): Project =>
  Object.fromEntries(counts.map((n, i) => [`harness/a${i}.ts`, lines(n)]));
const functionOf = (count: number): string => `const f = () => {\n${lines(count - 2)}};\n`;
const registry = (table: string, item: string): Project => ({
  'harness/faults/index.ts': `import { loseAnswer } from './lose-answer.ts';\nexport const faults = ${table};\n`,
  'harness/faults/lose-answer.ts': `${item}\n`,
  'harness/faults/draw.ts': 'export const draw = 1;\n',
});
const loseAnswer = "export const loseAnswer = defineFault({ id: 'lose-answer' });";
const locked = (path: string): string =>
  JSON.stringify({ packages: { 'node_modules/a': { optionalDependencies: { 'a-darwin': '1.0.0' } }, [path]: {} } });
const throws = "export const errors = { x: () => new ToppleError('port-taken', 4, {}) };";

interface Sample {
  readonly rule: string;
  readonly good: Project;
  readonly bad: Project;
  /** Part of the finding that the bad project gives. */
  readonly says: string;
}

const importing = (path: string, specifier: string): Project => ({
  [path]: `import type { A } from '${specifier}';\n`,
  'harness/run/plan.ts': '',
});
const importSamples: readonly Sample[] = [
  [
    'mocks/alipay/sign.ts',
    '#harness/provider',
    'harness/run/x.ts',
    '#mocks/alipay/index',
    'pass it in from harness/cli instead',
  ],
  ['harness/cli/x.ts', '#mocks/index', 'harness/clock.test.ts', '#mocks/index', 'harness imports no other area'],
  ['scenarios/a.ts', '#mocks/index', 'scenarios/a.ts', '#dashboards/rules', 'scenarios imports harness and mocks only'],
  [
    'topple.config.ts',
    './reference-impl/main.ts',
    'harness/cli/x.ts',
    '../../reference-impl/main.ts',
    'through harness/target.ts',
  ],
  ['reference-impl/a.ts', './db/b.ts', 'reference-impl/a.ts', '#harness/clock', 'let topple.config.ts join the two'],
  ['mocks/a.ts', '#harness/clock', 'mocks/a.ts', '../harness/clock.ts', 'write #harness/clock'],
  ['mocks/a.ts', './b.ts', 'mocks/a.ts', '#mocks/b', 'inside mocks/ imports are relative'],
  ['mocks/a.test.ts', './test-b.ts', 'mocks/a.ts', './test-b.ts', 'is for tests, and images are made without it'],
  [
    'harness/worlds/embedded.ts',
    '../toxiproxy/api.ts',
    'harness/toxiproxy/api.ts',
    '../worlds/embedded.ts',
    'not above worlds',
  ],
  [
    'harness/observe/a.test.ts',
    '../binaries/find.ts',
    'harness/observe/a.ts',
    '../toxiproxy/api.ts',
    'observe is not above',
  ],
  ['harness/run/a.ts', '../faults/index.ts', 'harness/faults/a.ts', '../run/plan.ts', 'faults is not above run'],
  ['harness/report/a.ts', '../run/plan.ts', 'harness/observe/a.ts', '../run/plan.ts', 'observe is not above run'],
  ['harness/run.test.ts', './run/plan.ts', 'harness/scenario.ts', './run/plan.ts', 'kinds is not above run'],
].map(([goodPath = '', goodImport = '', badPath = '', badImport = '', says = '']) => ({
  rule: 'imports',
  good: importing(goodPath, goodImport),
  bad: importing(badPath, badImport),
  says,
}));

/** Samples of one file each: rule, path, sound text, faulty text, part of the finding. */
const fileSamples: readonly Sample[] = [
  ['ambient', 'mocks/a.ts', 'clock.nowMs();', 'Date.now();', 'Date.now is ambient'],
  ['ambient', 'mocks/a.ts', 'new Date(5);', 'new Date();', 'new Date() is ambient'],
  ['ambient', 'mocks/a.test.ts', 'random.unit();', 'list.sort(Math.random);', 'take a Clock'],
  ['ambient', 'mocks/a.ts', 'clock.setTimeout(run, 5);', 'setTimeout(run, 5);', 'setTimeout'],
  ['ambient', 'mocks/a.ts', 'const t = { setTimeout: 1 };', 'const wait = { in: setTimeout };', 'setTimeout'],
  ['ambient', 'mocks/a.ts', '"setInterval"', 'globalThis.setInterval(run, 5);', 'setInterval'],
  [
    'ambient',
    'mocks/a.ts',
    "import 'node:util';",
    "import { setTimeout as f } from 'node:timers/promises';",
    'node:timers/promises',
  ],
  [
    'ambient',
    'mocks/a.ts',
    "import { sign } from 'node:crypto';",
    "import { randomUUID as id } from 'node:crypto';",
    'randomUUID',
  ],
  ['ambient', 'mocks/a.ts', 'crypto.sign(a);', 'crypto.randomBytes(8);', 'randomBytes'],
  ['ambient', 'mocks/a.ts', 'new AbortController();', 'AbortSignal.timeout(5);', 'AbortSignal.timeout'],
  [
    'float-money',
    'mocks/a.ts',
    'f({ amountMinor: Number(amountMinor) });',
    'Number(order.amountMinor);',
    'turns the amount',
  ],
  ['float-money', 'mocks/a.ts', 'Number(port);', 'parseFloat(totalAmount);', 'money is a bigint'],
  [
    'float-money',
    'mocks/a.ts',
    'let amountMinor: bigint;',
    'interface A { amountMinor: number }',
    'amountMinor is a number',
  ],
  [
    'float-money',
    'mocks/a.ts',
    'f({ count: Number(n) });',
    'f({ amountMinor: parseFloat(amount) });',
    'turns the amount',
  ],
  ['scenarios-are-data', 'scenarios/a.ts', 'await helper();', 'defineScenario(await a);', 'a scenario awaits nothing'],
  [
    'own-signals',
    'topple.config.ts',
    "const s = 'sum(topup_x)';",
    'const s = `sum(topple_x)`;',
    "service's own series",
  ],
  ['no-path-into-target', 'mocks/a.ts', "f('./a');", "f('reference-impl/main.ts');", 'names a path'],
  ['function-size', 'mocks/a.ts', functionOf(60), functionOf(61), 'a function of 61 lines'],
  [
    'function-size',
    'mocks/a.test.ts',
    `describe('x', () => {\n${lines(70)}});`,
    `test('x', () => {\n${lines(70)}});`,
    '72 lines',
  ],
  ['line-width', 'mocks/a.sql', `--${'x'.repeat(118)}`, `--${'x'.repeat(119)}`, '121 columns'],
  ['no-any', 'mocks/a.ts', 'let any: unknown;', 'let a: any[];', 'any switches the types off'],
  ['no-default-export', 'mocks/a.ts', 'export const a = 1;', 'export default 1;', 'export it by name'],
  ['no-barrel', 'mocks/a.ts', 'export const a = b;', "export * from './b.ts';", 'does not declare'],
  ['no-barrel', 'mocks/index.ts', 'export type A = B;', "export type { A } from './b.ts';", 'does not declare'],
  [
    'docstrings',
    'mocks/a.ts',
    `${doc}export const a = 1;`,
    '// Says what it is.\nexport const a = 1;',
    'a has no contract',
  ],
  [
    'docstrings',
    'mocks/a.ts',
    `${doc}import './b.ts';\nexport type A = 1;`,
    '/** The A. */ export type A = 1;',
    'A has no contract',
  ],
  [
    'docstrings',
    'mocks/a.ts',
    `${doc}export class A {}`,
    `${doc}export class A {}\nexport class B {}`,
    'B has no contract',
  ],
  [
    'number-units',
    'mocks/a.ts',
    'export const f = (delayMs: number) => 1;',
    'export const f = (delay: number) => 1;',
    'delay has no unit',
  ],
  [
    'number-units',
    'mocks/a.ts',
    'export const f = (g: (xMs: number) => { did: number }) => { const h = (x: number) => x; };',
    'export function f(x?: number) {}',
    'x has',
  ],
  [
    'number-units',
    'mocks/a.ts',
    'export interface A { a(copies: number): Promise<{ did: number }> }',
    'export interface A { a(wait: number): void }',
    'wait has',
  ],
  [
    'number-units',
    'mocks/a.ts',
    'export type F = (o: { lagS: number }) => 1;',
    'export type F = (o: { lag: number }) => 1;',
    'lag has',
  ],
  ['number-units', 'mocks/a.ts', 'export const f = (scale = 1) => 1;', 'export const f = (wait = 1) => 1;', 'wait has'],
  ['glossary', 'mocks/a.ts', 'type WebhookEvent = 1;', 'type Event = 1;', 'say webhook'],
  ['glossary', 'mocks/a.ts', 'interface CloudAccount {}', 'interface Account {}', 'say wallet'],
  ['reminders', 'mocks/a.ts', "const currency = 'XXX';", '// TODO later', 'TODO is left over'],
  ['reminders', 'docs/a.md', 'Todo lists are orders.', 'FIXME', 'FIXME is left over'],
  ['machine-paths', 'docs/a.md', 'https://x.org/home/a and ./work/a', 'see /home/me/a', '/home/me'],
  ['empty-words', 'docs/a.md', 'It counts.', 'A robust tool.', '"robust" tells the reader nothing'],
].map(([rule = '', path = '', good = '', bad = '', says = '']) => ({
  rule,
  good: { [path]: good },
  bad: { [path]: bad },
  says,
}));

const samples: readonly Sample[] = [
  ...importSamples,
  ...fileSamples,
  { rule: 'kebab-case', good: { 'mocks/a-b.test.ts': '' }, bad: { 'mocks/aB.ts': '' }, says: 'kebab-case' },
  { rule: 'glossary', good: { 'mocks/db/event.ts': '' }, bad: { 'mocks/event.ts': '' }, says: 'event' },
  {
    rule: 'file-size',
    good: sized(400, ...Array(10).fill(70)),
    bad: sized(401, ...Array(10).fill(70)),
    says: '401 lines',
  },
  { rule: 'file-size', good: sized(75, 75, 9), bad: sized(76, 76, 9), says: 'the median of file sizes is 76' },
  {
    rule: 'file-size',
    good: sized(200, 9, 9),
    bad: sized(201, 9, 9),
    says: 'the 90th percentile of file sizes is 201',
  },
  {
    rule: 'registries',
    good: registry('[loseAnswer]', loseAnswer),
    bad: registry('[]', loseAnswer),
    says: 'lists nothing',
  },
  {
    rule: 'registries',
    good: registry("{ 'lose-answer': loseAnswer }", loseAnswer),
    bad: registry('[loseAnswer]', loseAnswer.replace("'lose-answer'", "'lost-answer'")),
    says: "declared as loseAnswer with the id 'lose-answer'",
  },
  {
    rule: 'registries',
    good: { 'harness/faults/index.test.ts': loseAnswer },
    bad: { 'harness/faults/lose-answer.ts': loseAnswer },
    says: 'add harness/faults/index.ts',
  },
  {
    rule: 'links',
    good: { 'docs/a.md': '[map](../README.md) and [web](https://example.org), `docs/a.md`', 'README.md': '' },
    bad: { 'docs/a.md': '[map](README.md)', 'README.md': '' },
    says: 'docs/README.md does not exist',
  },
  {
    rule: 'links',
    good: { 'README.md': '`harness/clock.ts` and `wire.ts`', 'harness/clock.ts': '' },
    bad: { 'README.md': '`harness/clocks.ts`', 'harness/clock.ts': '' },
    says: 'harness/clocks.ts does not exist',
  },
  {
    rule: 'manifest',
    good: { 'package.json': '{ "dependencies": { "a": "1.0.0-beta.1" } }' },
    bad: { 'package.json': '{ "dependencies": { "a": "^1.0.0" } }' },
    says: 'name one exact version',
  },
  {
    rule: 'manifest',
    good: { 'package-lock.json': locked('node_modules/a-darwin') },
    bad: { 'package-lock.json': locked('node_modules/b') },
    says: 'no entry for the optional a-darwin',
  },
  {
    rule: 'tested-errors',
    good: { 'harness/errors.ts': throws, 'mocks/a.test.ts': "expect(e.code).toBe('port-taken')" },
    bad: { 'harness/errors.ts': throws, 'mocks/a.ts': "'port-taken'" },
    says: 'no test provokes port-taken',
  },
];

const findingsOf = (id: string, project: Project): string[] => {
  const files: SourceFile[] = Object.entries(project).map(([path, text]) => ({ path, text }));
  const found = rules.find((rule) => rule.id === id)?.check(files) ?? [];
  return found.map(({ path, line, what }) => `${path}:${line} ${what}`);
};

describe('a rule passes the sound sample and names the fault of the other', () => {
  test.each(samples)('$rule: $says', ({ rule, good, bad, says }) => {
    expect(findingsOf(rule, good)).toEqual([]);
    expect(findingsOf(rule, bad)).toEqual([expect.stringContaining(says)]);
  });

  test('every rule has a sample', () => {
    expect([...new Set(samples.map(({ rule }) => rule))].sort()).toEqual(rules.map(({ id }) => id).sort());
  });

  test('a finding tells the line', () => {
    expect(findingsOf('no-any', { 'mocks/a.ts': '\n\nlet a: any;\n' })).toEqual([
      expect.stringMatching(/^mocks\/a\.ts:3 /),
    ]);
  });
});
