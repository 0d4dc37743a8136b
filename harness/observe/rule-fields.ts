/**
 * Reads the fields of a rule file. A field that cannot be used is told to `report`, with its place, and reads as
 * something empty, so that one pass finds every problem; nothing that was read may be used once there is one.
 */
import { ToppleError } from '../errors.ts';
import { parseDurationMs } from './duration.ts';
import type { Query } from './promql/ast.ts';
import { parsePromql } from './promql/parse.ts';
import { compileTemplate, type Template } from './template.ts';

/** Takes a problem and its place. */
export type Report = (where: string, problem: string) => void;

const isMap = (given: unknown): given is Record<string, unknown> =>
  typeof given === 'object' && given !== null && !Array.isArray(given);

const asText = (given: unknown): string | undefined =>
  typeof given === 'string' || typeof given === 'number' || typeof given === 'boolean' ? String(given) : undefined;

/** The result of `read`, or undefined where it throws what a wrong file makes it throw. */
export const attempt = <T>(report: Report, where: string, read: () => T): T | undefined => {
  try {
    return read();
  } catch (error) {
    const expected = error instanceof ToppleError || error instanceof SyntaxError;
    if (!expected && !(error instanceof Error && error.name === 'YAMLParseError')) throw error;
    report(where, error.message.trim());
    return undefined;
  }
};

/** A map that has no other keys than those in `known`. */
export const readMap = (
  report: Report,
  where: string,
  given: unknown,
  known: readonly string[],
): Readonly<Record<string, unknown>> => {
  if (!isMap(given)) {
    report(where, `has to be a map with ${known.join(', ')}`);
    return {};
  }
  for (const key of Object.keys(given)) {
    if (!known.includes(key)) report(where, `"${key}" is not known here; known: ${known.join(', ')}`);
  }
  return given;
};

/** A list with at least one entry. */
export const readList = (report: Report, where: string, given: unknown): readonly unknown[] => {
  if (Array.isArray(given) && given.length > 0) return given;
  report(where, 'has to be a list with at least one entry');
  return [];
};

/** A text that is not empty; numbers and booleans count as what they look like. */
export const readText = (report: Report, where: string, given: unknown): string => {
  const text = asText(given) ?? '';
  if (text === '') report(where, 'has to be a text');
  return text;
};

/** A duration, 0 when it is left out. */
export const readDurationMs = (report: Report, where: string, given: unknown): number => {
  const ms = given === undefined ? 0 : parseDurationMs(asText(given) ?? '');
  if (ms === undefined) report(where, `${JSON.stringify(given)} is no duration such as 1m30s`);
  return ms ?? 0;
};

/** An expression that gives a vector or a number. */
export const readQuery = (report: Report, where: string, given: unknown): Query => {
  const text = readText(report, where, given);
  const query = text === '' ? undefined : attempt(report, where, () => parsePromql(text));
  if (query?.type === 'string') report(where, 'a rule cannot be about a text');
  return query ?? { text, expr: { kind: 'number', value: 0 }, type: 'scalar' };
};

/** Names with their texts, none when the map is left out. */
export const readTexts = (report: Report, where: string, given: unknown): Readonly<Record<string, string>> => {
  if (given === undefined) return {};
  if (!isMap(given)) report(where, 'has to be a map of texts');
  const pairs = Object.entries(isMap(given) ? given : {}).map(([name, value]) => {
    if (!/^[a-zA-Z_]\w*$/.test(name) || name === '__name__') report(where, `"${name}" cannot be a name here`);
    return [name, readText(report, `${where}: ${name}`, value)] as const;
  });
  return Object.fromEntries(pairs);
};

/** The same, each text a template. */
export const readTemplates = (report: Report, where: string, given: unknown): Readonly<Record<string, Template>> => {
  const pairs = Object.entries(readTexts(report, where, given)).map(([name, text]) => {
    return [name, attempt(report, `${where}: ${name}`, () => compileTemplate(text)) ?? (() => '')] as const;
  });
  return Object.fromEntries(pairs);
};
