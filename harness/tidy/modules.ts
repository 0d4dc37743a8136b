/** What a module may export, and how. */
import { findingAt, isCode, nodesOf, type Rule } from './source.ts';

/** No type is `any`. */
export const noAny: Rule = {
  id: 'no-any',
  check: (files) =>
    files
      .filter(isCode)
      .flatMap((file) =>
        nodesOf(file, 'TSAnyKeyword').map(({ node }) =>
          findingAt(file, node.start, 'any switches the types off; write the type, or unknown and narrow it'),
        ),
      ),
};

/** Only configuration files, whose reader demands it, have a default export. */
export const noDefaultExport: Rule = {
  id: 'no-default-export',
  check: (files) =>
    files
      .filter((file) => isCode(file) && !/\.config\.m?ts$/.test(file.path))
      .flatMap((file) =>
        nodesOf(file, 'ExportDefaultDeclaration').map(({ node }) =>
          findingAt(file, node.start, 'a default export has no name to search for; export it by name'),
        ),
      ),
};

/** The one file that exists to pass on: what others may import from the published package. */
const door = 'topple.ts';

/** A file exports what it declares; a registry's table imports its items and exports itself. */
export const noBarrel: Rule = {
  id: 'no-barrel',
  check: (files) =>
    files
      .filter((file) => isCode(file) && file.path !== door)
      .flatMap((file) => {
        const passedOn = nodesOf(file, 'ExportNamedDeclaration').filter(({ node }) => node.declaration === null);
        return [...nodesOf(file, 'ExportAllDeclaration'), ...passedOn].map(({ node }) =>
          findingAt(file, node.start, 'exports what it does not declare here; import it from its own file'),
        );
      }),
};
