import { parse } from 'yaml';
import { errors } from '../errors.ts';
import type { Query } from './promql/ast.ts';
import {
  attempt,
  type Report,
  readDurationMs,
  readList,
  readMap,
  readQuery,
  readTemplates,
  readText,
  readTexts,
} from './rule-fields.ts';
import type { Template } from './template.ts';

type Templates = Readonly<Record<string, Template>>;

/** An alert of a rule file; its labels, beside those of the result, tell one alert from another. */
export interface AlertRule {
  readonly kind: 'alert';
  readonly name: string;
  readonly query: Query;
  /** How long the expression has to hold before the alert fires. */
  readonly forMs: number;
  /** How long it goes on firing after the expression ceased to hold. */
  readonly keepFiringForMs: number;
  readonly labels: Templates;
  readonly annotations: Templates;
}

/** A recording rule: stores the answer of its expression as the series `name`. */
export interface RecordRule {
  readonly kind: 'record';
  readonly name: string;
  readonly query: Query;
  readonly labels: Readonly<Record<string, string>>;
}

/** Rules that are evaluated one after another at the same moment; `intervalMs` only where the file states it. */
export interface RuleGroup {
  readonly name: string;
  readonly intervalMs?: number;
  readonly rules: readonly (AlertRule | RecordRule)[];
}

const ruleIn = (report: Report, where: string, given: unknown): AlertRule | RecordRule => {
  const known = ['alert', 'record', 'expr', 'for', 'keep_firing_for', 'labels', 'annotations'];
  const fields = readMap(report, where, given, known);
  const kind = fields.record === undefined ? 'alert' : 'record';
  const name = readText(report, `${where}: ${kind}`, fields[kind]);
  const place = name === '' ? where : `${where} "${name}"`;
  const query = readQuery(report, `${place}: expr`, fields.expr);
  if (kind === 'record') {
    for (const key of ['alert', 'for', 'keep_firing_for', 'annotations']) {
      if (fields[key] !== undefined) report(place, `a recording rule has no "${key}"`);
    }
    if (!/^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(name)) report(place, 'this is no name of a metric');
    return { kind, name, query, labels: readTexts(report, `${place}: labels`, fields.labels) };
  }
  return {
    kind,
    name,
    query,
    forMs: readDurationMs(report, `${place}: for`, fields.for),
    keepFiringForMs: readDurationMs(report, `${place}: keep_firing_for`, fields.keep_firing_for),
    labels: readTemplates(report, `${place}: labels`, fields.labels),
    annotations: readTemplates(report, `${place}: annotations`, fields.annotations),
  };
};

const groupIn = (report: Report, where: string, given: unknown): RuleGroup => {
  const fields = readMap(report, where, given, ['name', 'interval', 'rules']);
  const name = readText(report, `${where}: name`, fields.name);
  const rules = readList(report, `${where}: rules`, fields.rules).map((rule, index) =>
    ruleIn(report, `${where}: rules[${index}]`, rule),
  );
  if (fields.interval === undefined) return { name, rules };
  const intervalMs = readDurationMs(report, `${where}: interval`, fields.interval);
  if (intervalMs === 0) report(where, 'the interval has to be longer than 0');
  return { name, rules, intervalMs };
};

/**
 * The groups of a Prometheus rule file, their expressions and templates ready to evaluate. Throws `invalid-rules`,
 * which lists every problem with its place; `path` is what the error calls the file.
 */
export const parseRules = ({ path, text }: { path: string; text: string }): readonly RuleGroup[] => {
  const problems: string[] = [];
  const report: Report = (where, problem) => problems.push(`${where}: ${problem}`);
  const content = attempt(report, 'YAML', () => parse(text) as unknown);
  if (problems.length > 0) throw errors.invalidRules(path, problems);
  const fields = readMap(report, 'the file', content, ['groups']);
  const groups = readList(report, 'groups', fields.groups).map((group, index) =>
    groupIn(report, `groups[${index}]`, group),
  );
  for (const [index, { name }] of groups.entries()) {
    if (groups.findIndex((other) => other.name === name) !== index) report(name, 'two groups have this name');
  }
  if (problems.length > 0) throw errors.invalidRules(path, problems);
  return groups;
};
