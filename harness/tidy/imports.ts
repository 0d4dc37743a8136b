/** Who may import whom: between the top-level areas, and between the parts of `harness/`. */
import { posix } from 'node:path';
import type { Node } from 'oxc-parser';
import { areaOf, type Finding, findingAt, isCode, type Rule, type SourceFile, syntaxOf } from './source.ts';

/** What each area may import besides itself; an area that is not listed imports nothing and is imported by nobody. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  harness: [],
  'harness/cli': ['mocks', 'dashboards', 'scenarios'],
  mocks: ['harness'],
  dashboards: ['harness'],
  scenarios: ['harness', 'mocks'],
  'reference-impl': [],
  'topple.config.ts': ['harness', 'reference-impl'],
  'topple.ts': ['harness', 'mocks'],
  'topple.test.ts': ['harness', 'mocks', 'topple.ts'],
  scripts: ['harness'],
};

const remedies: Readonly<Record<string, string>> = {
  harness: 'pass it in from harness/cli instead',
  'reference-impl': 'the service stands alone; let topple.config.ts join the two',
};

/** Parts of `harness/` that stand in an order; any other folder is a leaf, which imports kinds and `binaries` alone. */
const rankOf = {
  kinds: 0,
  binaries: 1,
  leaf: 2,
  faults: 3,
  invariants: 3,
  workloads: 3,
  worlds: 3,
  run: 4,
  report: 5,
  explore: 6,
  cli: 7,
} as const satisfies Readonly<Record<string, number>>;

const rank = (part: string): number => (rankOf as Readonly<Record<string, number>>)[part] ?? rankOf.leaf;

const layers = 'harness is layered: kinds, binaries, leaf parts, registries, run, report, explore, cli';

/** Files directly in `harness/` are kinds, but `harness/run.test.ts` belongs to `run` if there is such a part. */
const partOf = (path: string, parts: ReadonlySet<string>): string => {
  const [, second = '', third] = path.split('/');
  if (third !== undefined) return second;
  const subject = second.replace(/\.test\.ts$/, '');
  return second !== subject && parts.has(subject) ? subject : 'kinds';
};

/** The module a specifier names, as a path from the root; undefined for packages and for Node's own modules. */
const targetOf = (path: string, specifier: string): string | undefined => {
  if (specifier.startsWith('#')) return `${specifier.slice(1)}.ts`;
  if (specifier.startsWith('.')) return posix.join(posix.dirname(path), specifier);
  return undefined;
};

const sourceOf = (node: Node): { value: string; start: number } | undefined => {
  const named =
    node.type === 'ImportDeclaration' ||
    node.type === 'ExportNamedDeclaration' ||
    node.type === 'ExportAllDeclaration' ||
    node.type === 'ImportExpression' ||
    node.type === 'TSImportType';
  const source = named ? node.source : null;
  return source?.type === 'Literal' && typeof source.value === 'string'
    ? { value: source.value, start: source.start }
    : undefined;
};

/** Files for tests alone: images are made without them. */
const helper = /(^|\/)test-[^/]+\.ts$/;
/** Those who may import them; programs that are run from a clone alone are among them. */
const isOfTests = (path: string): boolean =>
  path.endsWith('.test.ts') || helper.test(path) || /\/(bench|conformance|fuzz|golden|sandbox)\//.test(path);

/** What is wrong with `path` importing `specifier`, or undefined. */
const judge = (path: string, specifier: string, parts: ReadonlySet<string>): string | undefined => {
  const target = targetOf(path, specifier);
  if (target === undefined) return undefined;
  if (helper.test(target) && !isOfTests(path))
    return 'what is named test-… is for tests, and images are made without it; give it another name';
  const [from, to] = [areaOf(path), areaOf(target)];
  if (from === to) {
    if (specifier.startsWith('#')) return `inside ${from}/ imports are relative; write the path to ${target}`;
    if (from !== 'harness') return undefined;
    const [user, used] = [partOf(path, parts), partOf(target, parts)];
    const [high, low] = [rank(user), rank(used)];
    if (user === used || low < high) return undefined;
    return `${layers}, and ${user} is not above ${used}; pass it in from the layer above`;
  }
  const owner = from === 'harness' && partOf(path, parts) === 'cli' ? 'harness/cli' : from;
  const allowed = mayImport[owner] ?? [];
  if (!allowed.includes(to)) {
    const list = allowed.length === 0 ? 'no other area' : `${allowed.join(' and ')} only`;
    const remedy = to === 'reference-impl' ? 'reach it as any target, through harness/target.ts' : undefined;
    return `${owner} imports ${list}; ${remedy ?? remedies[from] ?? 'move what both need to harness'}`;
  }
  if (path.includes('/') && !specifier.startsWith('#')) {
    return `relative imports stay inside ${from}/; write #${target.replace(/\.ts$/, '')}`;
  }
  return undefined;
};

const check = (file: SourceFile, parts: ReadonlySet<string>): Finding[] =>
  syntaxOf(file).nodes.flatMap(({ node }) => {
    const source = sourceOf(node);
    const fault = source && judge(file.path, source.value, parts);
    return fault === undefined || source === undefined
      ? []
      : [findingAt(file, source.start, `may not import ${source.value}: ${fault}`)];
  });

/** Imports keep to the layers of docs/architecture.md; the remedy is to pass the thing in, or to move it down. */
export const imports: Rule = {
  id: 'imports',
  check: (files) => {
    const parts = new Set(
      files.map(({ path }) => path.split('/')).flatMap((at) => (at.length > 2 ? [at[1] ?? ''] : [])),
    );
    return files.filter(isCode).flatMap((file) => check(file, parts));
  },
};
