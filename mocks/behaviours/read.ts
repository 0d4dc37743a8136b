/** Reads behaviours that somebody asks for; whatever is wrong with one is told at once. */
import { mockErrors } from '#harness/mock-errors';
import type { Failings } from '#harness/provider';
import type { Behaviour } from './behaviour.ts';
import { type Field, type Given, type Kind, kinds, type NumberField } from './kinds.ts';

/** A behaviour that this provider can have: its kind, the values of its fields, and which calls or webhooks meet it. */
export interface ReadBehaviour {
  readonly asked: Behaviour;
  readonly kind: Kind;
  readonly given: Given;
  readonly operation: string | undefined;
  readonly reference: string | undefined;
  readonly skipCount: number;
  readonly timesMax: number;
}

type Json = Readonly<Record<string, unknown>>;

const choiceNumbers: Readonly<Record<'skip' | 'times', NumberField>> = {
  skip: { min: 0, max: 1_000_000, unasked: 0 },
  times: { min: 1, max: 1_000_000, unasked: 1 },
};

const oneOf = (names: readonly string[]): string =>
  names.length === 0 ? 'there is none here' : `it is ${names.join(', ')}`;

const readNumber = (name: string, { min, max, unasked }: NumberField, value: unknown, problems: string[]): number => {
  const read = value ?? unasked;
  if (typeof read === 'number' && Number.isSafeInteger(read) && read >= min && read <= max) return read;
  problems.push(`${name} is a whole number, ${min} to ${max}`);
  return min;
};

const readField = (name: string, field: Field, value: unknown, failings: Failings, problems: string[]) => {
  if (field === 'truth') {
    if (value !== undefined && typeof value !== 'boolean') problems.push(`${name} is true or false`);
    return value === true;
  }
  if ('min' in field) return readNumber(name, field, value, problems);
  const names = failings[field.nameOf];
  if (typeof value === 'string' && names.includes(value)) return value;
  problems.push(`${name} is not among the ${field.nameOf}: ${oneOf(names)}`);
  return '';
};

/** What the provider cannot do: pay or tell of it, spoil an answer in this way, or answer this from the past. */
const unfit = (does: string, kind: Kind, operation: unknown, failings: Failings): readonly string[] => {
  // Whoever takes payments sends webhooks, and each of those can be tampered with.
  const isAboutPayments = kind.acts !== 'call' || does === 'paid-before-answer';
  if (isAboutPayments && failings.tampers.length === 0)
    return [`${does} has no meaning here: nobody pays here, and no webhooks are sent`];
  if (kind.acts !== 'call') return operation === undefined ? [] : [`${does} acts at no operation`];
  const isKnown = operation === undefined || failings.operations.includes(String(operation));
  const problems = isKnown ? [] : [`operation is unknown: ${oneOf(failings.operations)}`];
  if (kind.needs === 'spoils' && !failings.spoils.includes(does))
    return [...problems, `${does} has no meaning here: what can be spoilt: ${oneOf(failings.spoils)}`];
  if (kind.needs !== 'queries' && kind.needs !== 'lists') return problems;
  const fitting = failings[kind.needs];
  if (!fitting.includes(String(operation)))
    return [...problems, `${does} needs one of the ${kind.needs} as operation: ${oneOf(fitting)}`];
  return problems;
};

const readChoice = (asked: Json, problems: string[]) => {
  for (const name of ['operation', 'reference'])
    if (asked[name] !== undefined && typeof asked[name] !== 'string') problems.push(`${name} is text`);
  return {
    operation: asked.operation as string | undefined,
    reference: asked.reference as string | undefined,
    skipCount: readNumber('skip', choiceNumbers.skip, asked.skip, problems),
    timesMax: readNumber('times', choiceNumbers.times, asked.times, problems),
  };
};

/** Throws `bad-behaviour` with every problem. */
export const readBehaviour = (asked: unknown, failings: Failings): ReadBehaviour => {
  if (typeof asked !== 'object' || asked === null) throw mockErrors.badBehaviour(['it is no JSON object']);
  const json = asked as Json;
  const does = String(json.does);
  if (!Object.hasOwn(kinds, does))
    throw mockErrors.badBehaviour([`does is no behaviour: ${oneOf(Object.keys(kinds))}`]);
  const kind = kinds[does as Behaviour['does']];
  const problems: string[] = [];
  const names = ['does', 'operation', 'reference', 'skip', 'times', ...Object.keys(kind.fields)];
  const strange = Object.keys(json).filter((name) => !names.includes(name));
  if (strange.length > 0) problems.push(`${does} has no ${strange.join(', ')}: ${oneOf(names)}`);
  const choice = readChoice(json, problems);
  const given = Object.fromEntries(
    Object.entries(kind.fields).map(([name, field]) => [name, readField(name, field, json[name], failings, problems)]),
  );
  problems.push(...unfit(does, kind, json.operation, failings));
  if (problems.length > 0) throw mockErrors.badBehaviour(problems);
  return { asked: json as unknown as Behaviour, kind, given, ...choice };
};
