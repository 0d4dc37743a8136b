import type { Node } from 'oxc-parser';
import { childrenOf, type Finding, findingAt, isCode, isTest, nodesOf, type Rule, type SourceFile } from './source.ts';

/** The last word of a number's name: a unit, or a noun that is its own unit. */
const units = new Set(
  [
    'ms s us ns minor kb rate percent ratio share scale factor quantile probability',
    'count index nth attempt limit size length depth width height line column',
    'port pid uid gid fd id bits ordinal seed status code version offset sequence exponent decimals digits',
    'min max value unit toxicity',
  ]
    .join(' ')
    .split(' '),
);

/** A plural counts what it names: `copies`. */
const isPlural = (word: string): boolean => /[^s]s$/.test(word);

const hasUnit = (name: string): boolean => {
  const word = (name.split(/(?=[A-Z])/).pop() ?? '').toLowerCase();
  return units.has(word) || isPlural(word);
};

const isNumber = (type: Node | undefined): boolean => {
  if (type?.type === 'TSTypeAnnotation') return isNumber(type.typeAnnotation);
  if (type?.type === 'TSArrayType') return isNumber(type.elementType);
  if (type?.type === 'TSUnionType') return type.types.some(isNumber);
  return type?.type === 'TSNumberKeyword';
};

/** The name that `node` gives to a number, as a parameter or as a property of an object that is one. */
const numberName = (node: Node): string | undefined => {
  const defaulted = node.type === 'AssignmentPattern' ? node : undefined;
  const named = defaulted?.left ?? (node.type === 'TSPropertySignature' ? node.key : node);
  if (named.type !== 'Identifier') return undefined;
  const annotation = node.type === 'TSPropertySignature' ? node.typeAnnotation : named.typeAnnotation;
  const byDefault = defaulted?.right.type === 'Literal' && typeof defaulted.right.value === 'number';
  return byDefault || isNumber(annotation ?? undefined) ? named.name : undefined;
};

/** What a callback gives back is no parameter. */
const isResult = (child: Node, of: Node): boolean => 'returnType' in of && of.returnType === child;

/** Numbers among the parameters of the signatures in `node`; what happens in bodies is private. */
const numbersIn = (node: Node, inParameter: boolean): { name: string; start: number }[] => {
  const name = inParameter ? numberName(node) : undefined;
  if (name !== undefined) return [{ name, start: node.start }];
  // Type arguments are called params too; what stands in them is given back or kept, not taken.
  const takes = 'params' in node && !node.type.startsWith('TSTypeParameter');
  const parameters: readonly Node[] = takes && Array.isArray(node.params) ? node.params : [];
  const body = takes && 'body' in node ? node.body : undefined;
  return childrenOf(node)
    .filter((child) => child !== body)
    .flatMap((child) => numbersIn(child, parameters.includes(child) || (inParameter && !isResult(child, node))));
};

const check = (file: SourceFile): Finding[] =>
  nodesOf(file, 'ExportNamedDeclaration')
    .flatMap(({ node }) => (node.declaration === null ? [] : numbersIn(node.declaration, false)))
    .filter(({ name }) => !hasUnit(name))
    .map(({ name, start }) =>
      findingAt(file, start, `the number ${name} has no unit; end its name with one, like ${name}Ms`),
    );

/** Each number that an exported signature takes ends its name with its unit. */
export const numberUnits: Rule = {
  id: 'number-units',
  check: (files) => files.filter((file) => isCode(file) && !isTest(file)).flatMap(check),
};
