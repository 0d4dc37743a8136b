import { findingAt, isCode, isGenerated, nodesOf, type Rule } from './source.ts';

/** In any language: README.md, README.zh-CN.md. */
const readme = /^README(\.[a-z]{2}(-[A-Z]{2})?)?\.md$/;
const kebab = /^\.?[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)*$/;

/** Files and folders are named in kebab-case; the root keeps the names that tools and readers expect there. */
export const kebabCase: Rule = {
  id: 'kebab-case',
  check: (files) =>
    files
      .filter(({ path }) => path.includes('/') && !isGenerated(path))
      .filter(({ path }) => !path.split('/').every((part) => kebab.test(part) || readme.test(part)))
      .map(({ path }) => ({ path, line: 1, what: 'is not kebab-case; rename it in lower case with dashes' })),
};

/** Words with too many meanings, and the glossary's word for each. */
const instead: Readonly<Record<string, string>> = {
  transaction: 'top-up order, payment or journal entry',
  event: 'webhook, history entry or fact',
  account: 'wallet or cloud account',
};

const remedyFor = (name: string): string | undefined => instead[name.toLowerCase().replace(/s$/, '')];

/** No type and no file bears a name that the glossary bans; a database's own words stay where its code is. */
export const glossary: Rule = {
  id: 'glossary',
  check: (files) =>
    files
      .filter((file) => isCode(file) && !file.path.includes('/db/'))
      .flatMap((file) => {
        const stem = (file.path.split('/').pop() ?? '').split('.')[0] ?? '';
        const declared = [
          ...nodesOf(file, 'TSTypeAliasDeclaration'),
          ...nodesOf(file, 'TSInterfaceDeclaration'),
          ...nodesOf(file, 'ClassDeclaration'),
        ].map(({ node }) => ({ name: node.id?.name ?? '', start: node.start }));
        return [{ name: stem, start: 0 }, ...declared].flatMap(({ name, start }) => {
          const remedy = remedyFor(name);
          return remedy === undefined ? [] : [findingAt(file, start, `${name} has too many meanings; say ${remedy}`)];
        });
      }),
};
