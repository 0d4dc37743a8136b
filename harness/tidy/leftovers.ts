/** What was meant to be gone before anyone else reads the file. */
import { findingAt, isCode, isGenerated, type Rule, type SourceFile, syntaxOf } from './source.ts';

/** These rules have to spell what they forbid. */
const isRuleItself = (path: string): boolean => path.startsWith('harness/tidy/');

const search = (files: readonly SourceFile[], pattern: RegExp, whatOf: (match: string) => string) =>
  files
    .filter(({ path }) => !isGenerated(path) && !isRuleItself(path) && path !== 'LICENSE')
    .flatMap((file) =>
      [...file.text.matchAll(pattern)].map((match) => findingAt(file, match.index, whatOf(match[0].trim()))),
    );

/** Text of which code is blanked out, so that offsets stay and comments remain. */
const commentsOf = (file: SourceFile): SourceFile => {
  if (!isCode(file)) return file;
  const blank = (from: number, to: number) => file.text.slice(from, to).replace(/[^\n]/g, ' ');
  let [text, end] = ['', 0];
  for (const comment of syntaxOf(file).comments) {
    text += blank(end, comment.start) + file.text.slice(comment.start, comment.end);
    end = comment.end;
  }
  return { path: file.path, text };
};

/** No reminder is left in a comment or a document. */
export const reminders: Rule = {
  id: 'reminders',
  check: (files) =>
    search(files.map(commentsOf), /\b(FIXME|TODO|XXX|HACK)\b/g, (word) => `${word} is left over; do it or delete it`),
};

/** No path of one particular machine. */
export const machinePaths: Rule = {
  id: 'machine-paths',
  check: (files) =>
    search(
      files,
      /(?<![\w.~}/-])\/(work|root|home)\/[\w.-]*/g,
      (path) => `${path} exists on one machine only; count paths from the project's root`,
    ),
};

/** No word that praises instead of telling. */
export const emptyWords: Rule = {
  id: 'empty-words',
  check: (files) =>
    search(
      files.map(commentsOf),
      /\b(seamless|effortless|blazing|powerful|robust|leverag|cutting-edge|state-of-the-art|world-class)\w*/gi,
      (word) => `"${word}" tells the reader nothing; say what it does`,
    ),
};
