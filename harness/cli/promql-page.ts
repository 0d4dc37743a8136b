/** The page that lists the PromQL that is evaluated here, printed from the evaluator's own tables. */
import { aggregations } from '../observe/promql/aggregations.ts';
import type { ValueType } from '../observe/promql/ast.ts';
import { type Construct, constructs } from '../observe/promql/constructs.ts';
import { functions, type PromqlFunction } from '../observe/promql/functions.ts';
import { operators } from '../observe/promql/operators.ts';
import { matchOperators } from '../observe/promql/parse-selector.ts';
import { markdownTable } from './markdown-table.ts';

/** As the documentation of Prometheus calls them. */
const typeNames: Readonly<Record<ValueType, string>> = {
  scalar: 'scalar',
  vector: 'instant vector',
  matrix: 'range vector',
  string: 'string',
};

const signatureOf = (name: string, { parameters, required = parameters.length }: PromqlFunction): string => {
  const needed = parameters.slice(0, required).map((type) => typeNames[type]);
  const optional = parameters.slice(required).map((type) => `[${typeNames[type]}]`);
  return `\`${name}(${[...needed, ...optional].join(', ')})\``;
};

const code = (texts: readonly string[]): string => texts.map((text) => `\`${text}\``).join(' ');

const operatorRows = (): readonly (readonly string[])[] => {
  const entries = Object.entries(operators);
  const bindings = [...new Set(entries.map(([, { binding }]) => binding))].sort((a, b) => b - a);
  return bindings.map((binding) => {
    const equal = entries.filter(([, operator]) => operator.binding === binding);
    return [code(equal.map(([text]) => text)), equal[0]?.[1].kind ?? ''];
  });
};

const constructRows = (group: Construct['group']): readonly (readonly string[])[] =>
  Object.values(constructs)
    .filter((construct) => construct.group === group)
    .map(({ written, says }) => [written.includes('`') ? `\`\` ${written} \`\`` : `\`${written}\``, says]);

/** The text of `docs/promql.md`. */
export const promqlPage = (): string => `<!-- Written by \`npm run generate\`; edits are lost. -->
# PromQL

What topple evaluates in rules and panels, as Prometheus 3 does. Everything else is refused with an error that names it
(\`unsupported-promql\`), never answered with nothing. Each row has cases in \`harness/observe/promql/testdata/\` whose
answers a real Prometheus gave; what else was compared stands in [ADR 0021](adr/0021-promql-in-process.md).

## Selectors
${markdownTable(['written', 'means'], constructRows('selector'))}

Matchers: ${code(Object.values(matchOperators))}. A pattern that RE2 and JavaScript may read differently is refused.

## Modifiers
${markdownTable(['written', 'means'], constructRows('modifier'))}

## Functions
${markdownTable(
  ['function', 'returns'],
  Object.entries(functions).map(([name, it]) => [signatureOf(name, it), typeNames[it.returns]]),
)}

\`histogram_quantile\` knows classic histograms; samples of native ones are not stored.

## Aggregations
${code(Object.keys(aggregations))}

## Operators
Those of the first row are applied first.

${markdownTable(['operators', 'kind'], operatorRows())}

## Literals, signs, parentheses
${markdownTable(['written', 'means'], constructRows('literal'))}
`;
