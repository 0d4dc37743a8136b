/** Each registry folder and its table in `index.ts` agree: same items, sorted by id, one id everywhere. */
import type { Node } from 'oxc-parser';
import { type Finding, findingAt, isCode, isTest, nodesOf, type Rule, type SourceFile, syntaxOf } from './source.ts';

const folders = [
  'harness/faults',
  'harness/invariants',
  'harness/workloads',
  'harness/worlds',
  'mocks',
  'scenarios',
  'scenarios/load',
];

interface Item {
  readonly file: SourceFile;
  /** The exported constant. */
  readonly name: string;
  /** The id it declares; '' when it is not a literal. */
  readonly id: string;
  /** The id that its file or folder promises. */
  readonly place: string;
  readonly start: number;
}

const idIn = (node: Node | undefined): string => {
  const property = node?.type === 'ObjectExpression' ? node.properties : [];
  for (const one of property) {
    if (one.type !== 'Property' || one.key.type !== 'Identifier' || one.key.name !== 'id') continue;
    return one.value.type === 'Literal' && typeof one.value.value === 'string' ? one.value.value : '';
  }
  return '';
};

/** What `export const x = define…({ id })` declares in a file of the folder, or in the `index.ts` of a subfolder. */
const itemsIn = (file: SourceFile, folder: string): Item[] => {
  const place = file.path.slice(folder.length + 1).replace(/\/index\.ts$|\.ts$/, '');
  if (place.includes('/')) return [];
  return syntaxOf(file).body.flatMap((statement) => {
    const declaration = statement.type === 'ExportNamedDeclaration' ? statement.declaration : null;
    if (declaration?.type !== 'VariableDeclaration') return [];
    return declaration.declarations.flatMap(({ id, init, start }) => {
      if (id.type !== 'Identifier' || init?.type !== 'CallExpression' || init.callee.type !== 'Identifier') return [];
      if (!/^define[A-Z]/.test(init.callee.name)) return [];
      return [{ file, name: id.name, id: idIn(init.arguments[0]), place, start }];
    });
  });
};

const misnamed = ({ file, name, id, place, start }: Item): Finding[] => {
  const camel = place.replace(/-([a-z0-9])/g, (_dash, letter: string) => letter.toUpperCase());
  if (id === place && name === camel) return [];
  return [findingAt(file, start, `one id everywhere: ${place} is declared as ${camel} with the id '${place}'`)];
};

const checkFolder = (folder: string, files: readonly SourceFile[]): Finding[] => {
  const inside = files.filter((file) => file.path.startsWith(`${folder}/`) && isCode(file) && !isTest(file));
  const table = inside.find(({ path }) => path === `${folder}/index.ts`);
  const items = inside.filter((file) => file !== table).flatMap((file) => itemsIn(file, folder));
  if (table === undefined) {
    return items
      .slice(0, 1)
      .map(({ file }) => ({ path: file.path, line: 1, what: `add ${folder}/index.ts, the table of its items` }));
  }
  const wanted = items.sort((a, b) => (a.place < b.place ? -1 : 1)).map(({ name }) => name);
  const imported = nodesOf(table, 'ImportDeclaration')
    .filter(({ node }) => node.source.value.startsWith('./') && node.importKind !== 'type')
    .flatMap(({ node }) => node.specifiers.map(({ local }) => local.name));
  const listed = nodesOf(table, 'Identifier')
    .filter(
      ({ node, parent }) =>
        parent?.type === 'ArrayExpression' || (parent?.type === 'Property' && parent.value === node),
    )
    .map(({ node }) => node.name)
    .filter((name) => imported.includes(name) || wanted.includes(name));
  const same = imported.length === wanted.length && listed.join() === wanted.join();
  const tableFault = findingAt(
    table,
    0,
    `lists ${listed.join(', ') || 'nothing'}; its folder holds, sorted: ${wanted.join(', ')}`,
  );
  return [...items.flatMap(misnamed), ...(same ? [] : [tableFault])];
};

/** Folder, table, file name, constant and id of every registry tell the same story. */
export const registries: Rule = {
  id: 'registries',
  check: (files) => folders.flatMap((folder) => checkFolder(folder, files)),
};
