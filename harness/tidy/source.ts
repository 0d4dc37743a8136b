/** The project's files as the tidy rules see them: text, and for TypeScript and JavaScript a syntax tree. */
import { type Comment, type Node, parseSync, visitorKeys } from 'oxc-parser';

/** A text file; `path` is counted from the project's root, with `/` between folders. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** One breach of a rule: where (`line` counts from 1), and in `what` the fault and its remedy. */
export interface Finding {
  readonly path: string;
  readonly line: number;
  readonly what: string;
}

/** A mechanical rule of the project; `check` is given all files, because some rules compare files. */
export interface Rule {
  readonly id: string;
  check(files: readonly SourceFile[]): readonly Finding[];
}

/** A syntax node and the node around it. */
export interface Located<N extends Node = Node> {
  readonly node: N;
  readonly parent: Node | undefined;
}

interface Syntax {
  readonly body: readonly Node[];
  readonly nodes: readonly Located[];
  readonly comments: readonly Comment[];
}

/** The nodes directly inside `node`, in source order. */
export const childrenOf = (node: Node): Node[] =>
  (visitorKeys[node.type] ?? []).flatMap((key) => {
    const child = (node as unknown as Record<string, Node | readonly (Node | null)[] | null | undefined>)[key];
    return [child ?? []].flat().filter((one) => one !== null);
  });

const collect = (node: Node, parent: Node | undefined, into: Located[]): void => {
  into.push({ node, parent });
  for (const child of childrenOf(node)) collect(child, node, into);
};

const parsed = new WeakMap<SourceFile, Syntax>();

/** The syntax of a TypeScript or JavaScript file, parsed once; throws when the file does not parse. */
export const syntaxOf = (file: SourceFile): Syntax => {
  const known = parsed.get(file);
  if (known !== undefined) return known;
  const { program, comments, errors } = parseSync(file.path, file.text);
  if (errors[0] !== undefined) throw new SyntaxError(`${file.path}: ${errors[0].message}`);
  const nodes: Located[] = [];
  collect(program, undefined, nodes);
  const syntax = { body: program.body, nodes, comments };
  parsed.set(file, syntax);
  return syntax;
};

/** Every node of the given type in a file, in source order. */
export const nodesOf = <T extends Node['type']>(file: SourceFile, type: T): Located<Extract<Node, { type: T }>>[] =>
  syntaxOf(file).nodes.filter((located) => located.node.type === type) as Located<Extract<Node, { type: T }>>[];

/** A finding at an offset into the file's text, counted in UTF-16 code units. */
export const findingAt = (file: SourceFile, offset: number, what: string): Finding => ({
  path: file.path,
  line: file.text.slice(0, offset).split('\n').length,
  what,
});

/** True for a file that the syntax rules apply to. */
export const isCode = ({ path }: SourceFile): boolean => /\.(ts|mts|js|mjs)$/.test(path) && !isGenerated(path);

/** True for a test file. */
export const isTest = ({ path }: SourceFile): boolean => path.endsWith('.test.ts');

/** True for a path below a folder of generated files, which no rule judges. */
export const isGenerated = (path: string): boolean => /(^|\/)generated\//.test(path);

/** The top-level folder of a path, or the file itself when it lies in the root. */
export const areaOf = (path: string): string => path.split('/')[0] as string;
