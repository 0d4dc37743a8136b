/** Sizes at which a reader still keeps the whole in mind. */
import type { Node } from 'oxc-parser';
import {
  type Finding,
  findingAt,
  isCode,
  isTest,
  type Located,
  type Rule,
  type SourceFile,
  syntaxOf,
} from './source.ts';

const columnsMax = 120;
const functionLinesMax = 60;
const fileLines = { median: 75, p90: 200, max: 400 } as const;

const linesOf = (text: string): number => text.split('\n').length - (text.endsWith('\n') ? 1 : 0);

/** No line of code is wider than 120 columns. */
export const lineWidth: Rule = {
  id: 'line-width',
  check: (files) =>
    files
      .filter((file) => isCode(file) || file.path.endsWith('.sql'))
      .flatMap(({ path, text }) =>
        text.split('\n').flatMap((line, index) => {
          if (line.length <= columnsMax) return [];
          return [{ path, line: index + 1, what: `${line.length} columns, at most ${columnsMax}; break the line` }];
        }),
      ),
};

const isFunction = ({ type }: Node): boolean =>
  type === 'FunctionDeclaration' || type === 'FunctionExpression' || type === 'ArrowFunctionExpression';

/** A `describe` block only groups tests, so its length says nothing. */
const isGroup = (parent: Node | undefined, text: string): boolean =>
  parent?.type === 'CallExpression' && /^describe\b/.test(text.slice(parent.start, parent.callee.end));

const longFunction = (file: SourceFile, { node, parent }: Located): Finding[] => {
  const lines = linesOf(file.text.slice(node.start, node.end));
  if (lines <= functionLinesMax || isGroup(parent, file.text)) return [];
  return [
    findingAt(file, node.start, `a function of ${lines} lines, at most ${functionLinesMax}; split it by purpose`),
  ];
};

/** No function is longer than 60 lines. */
export const functionSize: Rule = {
  id: 'function-size',
  check: (files) =>
    files.filter(isCode).flatMap((file) =>
      syntaxOf(file)
        .nodes.filter(({ node }) => isFunction(node))
        .flatMap((located) => longFunction(file, located)),
    ),
};

/** Lines per file, tests and generated files aside: median <= 75, 90th percentile <= 200, none > 400. */
export const fileSize: Rule = {
  id: 'file-size',
  check: (files) => {
    const sized = files
      .filter((file) => isCode(file) && !isTest(file))
      .map(({ path, text }) => ({ path, lines: linesOf(text) }))
      .sort((a, b) => a.lines - b.lines);
    const at = (share: number) => sized[Math.ceil(sized.length * share) - 1];
    const tooLarge = ({ path, lines }: { path: string; lines: number }, what: string): Finding => ({
      path,
      line: lines,
      what: `${what}; split it by subject`,
    });
    const [middle, tail] = [at(0.5), at(0.9)];
    return [
      ...sized
        .filter((one) => one.lines > fileLines.max)
        .map((one) => tooLarge(one, `${one.lines} lines, at most ${fileLines.max}`)),
      ...(tail && tail.lines > fileLines.p90
        ? [tooLarge(tail, `the 90th percentile of file sizes is ${tail.lines} lines, at most ${fileLines.p90}`)]
        : []),
      ...(middle && middle.lines > fileLines.median
        ? [tooLarge(middle, `the median of file sizes is ${middle.lines} lines, at most ${fileLines.median}`)]
        : []),
    ];
  },
};
