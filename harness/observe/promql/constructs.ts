/** What there is in PromQL besides functions, aggregations, operators and matchers, and is evaluated here. */
export interface Construct {
  readonly group: 'modifier' | 'selector' | 'literal';
  /** An example. */
  readonly written: string;
  readonly says: string;
}

/** All constructs, by the name that the grammar gives to them. Whatever else it knows is refused. */
export const constructs: Readonly<Record<string, Construct>> = {
  VectorSelector: {
    group: 'selector',
    written: 'x{a="b"}',
    says: 'The latest sample of each series, unless it ended or is 5 minutes old.',
  },
  MatrixSelector: {
    group: 'selector',
    written: 'x[5m]',
    says: 'The samples of the last 5 minutes, the first instant left out.',
  },
  QuotedLabelName: { group: 'selector', written: '{"x", "a"="b"}', says: 'Names of metrics and labels in quotes.' },
  Offset: { group: 'modifier', written: 'x offset 5m', says: 'As it was 5 minutes earlier; with a minus, later.' },
  By: { group: 'modifier', written: 'sum by (a) (x)', says: 'One result per value of these labels.' },
  Without: { group: 'modifier', written: 'sum without (a) (x)', says: 'One result per value of all other labels.' },
  Bool: { group: 'modifier', written: 'x > bool y', says: '1 or 0 instead of a filter.' },
  On: { group: 'modifier', written: 'x * on (a) y', says: 'Series match that agree in these labels.' },
  Ignoring: { group: 'modifier', written: 'x * ignoring (a) y', says: 'Series match that agree in all other labels.' },
  GroupLeft: {
    group: 'modifier',
    written: 'x * on (a) group_left (b) y',
    says: 'Many on the left match one on the right, whose label b is taken over.',
  },
  GroupRight: {
    group: 'modifier',
    written: 'x * on (a) group_right (b) y',
    says: 'Many on the right match one on the left, whose label b is taken over.',
  },
  NumberDurationLiteral: {
    group: 'literal',
    written: '1.5e3, 0x1f, 1_000, Inf, NaN, 5m',
    says: 'A number; a duration is a number of seconds.',
  },
  StringLiteral: { group: 'literal', written: '"a", \'a\', `a`', says: 'A string.' },
  UnaryExpr: { group: 'literal', written: '-x', says: 'The sign changed.' },
  ParenExpr: { group: 'literal', written: '(x)', says: 'Parentheses.' },
};
