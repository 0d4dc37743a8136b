/** Documents speak of files that exist. */
import { posix } from 'node:path';
import { findingAt, isGenerated, type Rule, type SourceFile } from './source.ts';

/** `[text](target)` without a scheme or a bare anchor, and `` `folder/file.ext` `` counted from the root. */
const linkTargets = /\]\((?![a-z]+:|#)([^)\s#]+)[^)]*\)/g;
const codePaths = /`((?:[\w.-]+\/)+[\w.-]+\.(?:ts|js|md|json|ya?ml|sql|sh))`/g;

const isKnown = (path: string, files: readonly SourceFile[]): boolean =>
  files.some((file) => file.path === path || file.path.startsWith(`${path.replace(/\/$/, '')}/`));

/** Every link of a document leads to a file or folder of the project, and so does every path it quotes. */
export const links: Rule = {
  id: 'links',
  check: (files) =>
    files
      .filter(({ path }) => path.endsWith('.md') && !isGenerated(path))
      .flatMap((file) => {
        const found = [
          ...[...file.text.matchAll(linkTargets)].map((match) => ({
            at: match.index,
            path: posix.normalize(posix.join(posix.dirname(file.path), match[1] as string)),
          })),
          ...[...file.text.matchAll(codePaths)].map((match) => ({ at: match.index, path: match[1] as string })),
        ];
        return found
          .filter(({ path }) => !isKnown(path, files) && !path.startsWith('.topple/'))
          .map(({ at, path }) => findingAt(file, at, `${path} does not exist; correct the path or drop it`));
      }),
};
