/**
 * Puts operations without parentheses in order. The grammar lets an offset span everything on its left, as in
 * `a - b offset 5m`, and takes the sign of `-2 ^ 2` for a part of the number; so its tree of operations is flattened
 * and built anew by the bindings of the operators.
 */
import type { SyntaxNode } from '@lezer/common';
import type { Binary, Expr } from './ast.ts';
import { operators, signBinding } from './operators.ts';
import { childrenOf, type Reader } from './syntax.ts';

/** The parts of an operation from left to right; an offset is part of the operand that it follows. */
type Token =
  | { readonly kind: 'operand'; readonly node: SyntaxNode; readonly offset?: SyntaxNode }
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'sign'; readonly sign: '+' | '-' }
  | { readonly kind: 'operator'; readonly node: SyntaxNode };

const flatten = (reader: Reader, node: SyntaxNode): Token[] => {
  const inside = childrenOf(node);
  switch (node.name) {
    case 'BinaryExpr': {
      const [left, right] = [inside[0], inside.at(-1)] as [SyntaxNode, SyntaxNode];
      return [...flatten(reader, left), { kind: 'operator', node }, ...flatten(reader, right)];
    }
    case 'UnaryExpr': {
      const [sign, operand] = inside as [SyntaxNode, SyntaxNode];
      return [signToken(reader.textOf(sign)), ...flatten(reader, operand)];
    }
    case 'NumberDurationLiteral': {
      const [, sign, text] = /^([+-]?)\s*(.*)$/s.exec(reader.textOf(node)) as unknown as [string, string, string];
      return [...(sign === '' ? [] : [signToken(sign)]), { kind: 'number', text }];
    }
    case 'OffsetExpr': {
      const tokens = flatten(reader, inside[0] as SyntaxNode);
      const last = tokens.pop();
      if (last?.kind !== 'operand' || last.offset !== undefined) {
        throw reader.invalid('an offset has to stand right after a selector, once');
      }
      return [...tokens, { ...last, offset: node }];
    }
    default:
      return [{ kind: 'operand', node }];
  }
};

const signToken = (text: string): Token => ({ kind: 'sign', sign: text === '-' ? '-' : '+' });

/** What the parser of the other nodes has to provide. */
export interface Parts {
  operand(node: SyntaxNode): Expr;
  number(text: string): Expr;
  /** `node` is the OffsetExpr; `operand` the node right before it. */
  offset(operand: SyntaxNode, node: SyntaxNode): Expr;
  /** `node` is the BinaryExpr of the operator. */
  binary(node: SyntaxNode, left: Expr, right: Expr): Expr;
  operatorOf(node: SyntaxNode): Binary['operator'];
}

/** The expression that a node of operations, signs, offsets and numbers stands for. */
export const parseOperations = (reader: Reader, node: SyntaxNode, parts: Parts): Expr => {
  const tokens = flatten(reader, node);
  const first = (): Expr => {
    const token = tokens.shift();
    if (token?.kind === 'sign') return { kind: 'signed', sign: token.sign, operand: operation(signBinding + 1) };
    if (token?.kind === 'number') return parts.number(token.text);
    if (token?.kind !== 'operand') throw new TypeError('an operation has an operand between two operators');
    return token.offset ? parts.offset(token.node, token.offset) : parts.operand(token.node);
  };
  /** As many tokens as are bound at least as tightly as `bindingMin`. */
  const operation = (bindingMin: number): Expr => {
    let left = first();
    for (let next = tokens[0]; next?.kind === 'operator'; next = tokens[0]) {
      const operator = parts.operatorOf(next.node);
      const { binding } = operators[operator];
      if (binding < bindingMin) break;
      tokens.shift();
      left = parts.binary(next.node, left, operation(operator === '^' ? binding : binding + 1));
    }
    return left;
  };
  return operation(0);
};
