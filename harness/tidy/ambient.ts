/** Time and chance have one home each; everything else takes a `Clock` or a `Random`. */
import type { Node } from 'oxc-parser';
import { type Finding, findingAt, isCode, type Located, type Rule, type SourceFile, syntaxOf } from './source.ts';

/** The files that bind the project to the machine's own time and chance. */
const homes = new Set([
  'harness/clock.ts',
  'harness/seed.ts',
  'harness/simulate/sentinel.ts', // names what it watches
  'harness/simulate/sentinel.test.ts', // takes every way out
  'harness/worlds/embedded/watchdog.ts', // outlives the process that could hand it a clock
  'reference-impl/bind.ts',
]);

const members = /^(Date\.now|performance\.now|process\.hrtime|AbortSignal\.timeout|Math\.random)$/;
const timers = /^(setTimeout|setInterval|setImmediate)$/;
const chance = /^(\w*crypto\.)?(randomUUID|randomBytes|randomInt|getRandomValues)$/i;

const memberText = (node: Node, text: string): string =>
  node.type === 'MemberExpression' ? text.slice(node.start, node.end).replace(/\s|\?/g, '') : '';

/** A name that is read here, not a key or a member of something else. */
const isRead = (node: Node, parent: Node | undefined): boolean => {
  if (parent?.type === 'MemberExpression') return parent.object === node || parent.computed;
  if (parent?.type === 'Property') return parent.value === node;
  if (parent?.type === 'ImportSpecifier') return false; // judged by where it comes from
  return parent?.type !== 'TSPropertySignature' && parent?.type !== 'TSMethodSignature';
};

const ambientName = ({ node, parent }: Located, text: string): string | undefined => {
  const member = memberText(node, text).replace(/^globalThis\./, '');
  if (members.test(member) || timers.test(member) || chance.test(member)) return member;
  if (node.type === 'Identifier' && timers.test(node.name) && isRead(node, parent)) return node.name;
  if (
    node.type === 'NewExpression' &&
    node.arguments.length === 0 &&
    text.slice(node.callee.start, node.callee.end) === 'Date'
  )
    return 'new Date()';
  if (node.type !== 'ImportDeclaration') return undefined;
  if (/^(node:)?timers/.test(node.source.value)) return node.source.value;
  return /^(node:)?crypto$/.test(node.source.value)
    ? node.specifiers.map((one) => text.slice(one.start, one.end).split(' ')[0] ?? '').find((name) => chance.test(name))
    : undefined;
};

const check = (file: SourceFile): Finding[] =>
  syntaxOf(file).nodes.flatMap((located) => {
    const name = ambientName(located, file.text);
    if (name === undefined) return [];
    return [
      findingAt(
        file,
        located.node.start,
        `${name} is ambient; take a Clock (harness/clock.ts) or a Random (harness/seed.ts)`,
      ),
    ];
  });

/** No ambient clock, timer or randomness outside the files listed here. */
export const ambient: Rule = {
  id: 'ambient',
  check: (files) => files.filter((file) => isCode(file) && !homes.has(file.path)).flatMap(check),
};
