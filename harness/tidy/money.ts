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

const amount = /amount|balance|price|minor(?!ity)/i;
const minor = /(^m|M)inor$/;

/** Wire formats and metrics know no bigint, so their codecs may convert. */
const isCodec = ({ path }: SourceFile): boolean => /(^|\/)(wire|telemetry|metrics)([./-]|$)/.test(path);

const toFloat = (node: Node, text: string): Node | undefined => {
  if (node.type === 'UnaryExpression' && node.operator === '+') return node.argument;
  if (node.type !== 'CallExpression') return undefined;
  return /^(Number|(Number\.)?parseFloat)$/.test(text.slice(node.callee.start, node.callee.end))
    ? node.arguments[0]
    : undefined;
};

/** Whole minor units in a JSON body: `amountMinor: Number(amountMinor)` loses nothing below 2^53. */
const isWholeInJson = (node: Node, parent: Node | undefined): boolean =>
  node.type === 'CallExpression' &&
  node.callee.type === 'Identifier' &&
  node.callee.name === 'Number' &&
  parent?.type === 'Property' &&
  parent.value === node &&
  parent.key.type === 'Identifier' &&
  minor.test(parent.key.name);

const faultOf = ({ node, parent }: Located, text: string): string | undefined => {
  const converted = isWholeInJson(node, parent) ? undefined : toFloat(node, text);
  const source = converted && text.slice(converted.start, converted.end);
  if (source !== undefined && amount.test(source)) return `turns the amount ${source} into a float`;
  const named = node.type === 'TSPropertySignature' ? node.key : node;
  if (named.type !== 'Identifier' || !minor.test(named.name)) return undefined;
  const annotation = 'typeAnnotation' in node ? node.typeAnnotation : null;
  return annotation?.type === 'TSTypeAnnotation' && annotation.typeAnnotation.type === 'TSNumberKeyword'
    ? `${named.name} is a number`
    : undefined;
};

const check = (file: SourceFile): Finding[] =>
  syntaxOf(file).nodes.flatMap((located) => {
    const fault = faultOf(located, file.text);
    return fault === undefined
      ? []
      : [findingAt(file, located.node.start, `${fault}; money is a bigint, converted in wire and metrics only`)];
  });

/** Amounts become floats in codecs only (`wire`, `telemetry`, `metrics`); tests may write wire formats by hand. */
export const floatMoney: Rule = {
  id: 'float-money',
  check: (files) => files.filter((file) => isCode(file) && !isTest(file) && !isCodec(file)).flatMap(check),
};
