import { describe, expect, test } from 'vitest';
import { type AlertRule, parseRules } from './rules.ts';

const rules = (text: string) => parseRules({ path: 'rules.yml', text });

test('a rule file is read', () => {
  const [group] = rules(`
groups:
  - name: money
    interval: 1m30s
    rules:
      - alert: NoDoubleCredit
        expr: sum(topup_overcredited) > 0
        labels: { severity: critical, tier: 1 }
        annotations: { summary: "{{ $value }} payments in {{ $labels.zone }}" }
      - alert: Slow
        expr: wait > 1
        for: 250ms
        keep_firing_for: 1m
      - record: topup:credits:sum
        expr: sum(credits)
        labels: { source: rule }
`);
  expect(group).toMatchObject({ name: 'money', intervalMs: 90_000 });
  const [first, second, third] = group?.rules ?? [];
  expect(first).toMatchObject({ kind: 'alert', name: 'NoDoubleCredit', forMs: 0, keepFiringForMs: 0 });
  expect(second).toMatchObject({ kind: 'alert', name: 'Slow', forMs: 250, keepFiringForMs: 60_000 });
  expect(third).toMatchObject({ kind: 'record', name: 'topup:credits:sum', labels: { source: 'rule' } });
  const { annotations, labels } = first as AlertRule;
  const result = { labels: { zone: 'a' }, value: 2 };
  expect(annotations.summary?.(result)).toBe('2 payments in a');
  expect(annotations.summary?.({ labels: {}, value: 1e-7 })).toBe('1e-07 payments in ');
  expect([labels.severity?.(result), labels.tier?.(result)]).toEqual(['critical', '1']);
});

const rule = (fields: string): string => `groups: [{ name: g, rules: [{ ${fields} }] }]`;

describe('what cannot be used is refused, with its place', () => {
  test.each([
    ['groups: [', 'YAML: '],
    ['a: 1\na: 2', 'YAML: Map keys must be unique'],
    ['', 'the file: has to be a map with groups'],
    ['rules: []', 'the file: "rules" is not known here'],
    ['groups: []', 'groups: has to be a list with at least one entry'],
    ['groups: [{ name: g, rules: [] }]', 'groups[0]: rules: has to be a list'],
    ['groups: [{ rules: [{ alert: A, expr: x }] }]', 'groups[0]: name: has to be a text'],
    ['groups: [{ name: g, limit: 1, rules: [{ alert: A, expr: x }] }]', 'groups[0]: "limit" is not known here'],
    ['groups: [{ name: g, interval: 0s, rules: [{ alert: A, expr: x }] }]', 'groups[0]: the interval has to be longer'],
    [
      'groups: [{ name: g, rules: [{ alert: A, expr: x }] }, { name: g, rules: [{ alert: B, expr: x }] }]',
      'g: two groups have this name',
    ],
    [rule('expr: x'), 'rules[0]: alert: has to be a text'],
    [rule('alert: A'), 'rules[0] "A": expr: has to be a text'],
    [rule('alert: A, expr: x >'), 'rules[0] "A": expr: This PromQL is wrong: it ends too early'],
    [rule('alert: A, expr: "topk(1, x)"'), 'rules[0] "A": expr: This PromQL uses the aggregation topk()'],
    [rule(`alert: A, expr: '"text"'`), 'rules[0] "A": expr: a rule cannot be about a text'],
    [rule('alert: A, expr: x, for: soon'), 'rules[0] "A": for: "soon" is no duration'],
    [rule('alert: A, expr: x, form: 5m'), 'rules[0]: "form" is not known here'],
    [rule('alert: A, expr: x, labels: [a]'), 'rules[0] "A": labels: has to be a map of texts'],
    [rule('alert: A, expr: x, labels: { a-b: c }'), 'rules[0] "A": labels: "a-b" cannot be a name here'],
    [rule('alert: A, expr: x, annotations: { a: { b: c } }'), 'rules[0] "A": annotations: a: has to be a text'],
    [
      rule('alert: A, expr: x, annotations: { a: "{{ $value | humanize }}" }'),
      'annotations: a: {{ $value | humanize }}',
    ],
    [rule('record: A-B, expr: x'), 'rules[0] "A-B": this is no name of a metric'],
    [rule('record: a, expr: x, for: 1m'), 'rules[0] "a": a recording rule has no "for"'],
    [rule('record: a, alert: b, expr: x'), 'rules[0] "a": a recording rule has no "alert"'],
  ])('%s', (text, problem) => {
    const refused = expect(() => rules(text));
    refused.toThrow(expect.objectContaining({ code: 'invalid-rules' }));
    refused.toThrow(problem);
  });
});

test('all problems are listed at once', () => {
  const text = rule('alert: A, expr: "x[5m]", for: soon, labels: { a-b: c }');
  expect(() => rules(text)).toThrow(/rules\.yml.*a range of samples.*"soon".*"a-b"/s);
});
