/** Tencent Cloud's bytes: parameters from JSON or from a form, one envelope for all answers, HTTP 200 always. */
import { fromDecimal, toDecimal } from '#harness/money';
import type { Call, Reply } from '#harness/provider';
import { isJson, type Json } from '../json-body.ts';
import { commonRefusals, type Operation, type Parameter, type Refusal } from './quirks.ts';

/** A parameter as it came: its text, exactly, and what JSON said that it is; a form has no types. */
export interface Given {
  readonly text: string;
  readonly kind: 'any' | 'number' | 'other' | 'string';
}

/** Parameters by name; those of lists as `Name.0`, `Name.1`, … */
export type Parameters = ReadonlyMap<string, Given>;

/** An answer: the fields beside RequestId, or a refusal. */
export const envelope = (requestId: string, answer: object): Reply => ({
  status: 200,
  headers: { 'content-type': 'application/json' },
  body: Buffer.from(JSON.stringify({ Response: { ...answer, RequestId: requestId } })),
});

/** A refusal's reply, which is HTTP 200 as well. */
export const refusalReply = (requestId: string, { code, message }: Refusal): Reply =>
  envelope(requestId, { Error: { Code: code, Message: message } });

/** Whether what was read is a refusal. */
export const isRefusal = (read: object | string): read is Refusal =>
  typeof read === 'object' && 'code' in read && 'message' in read;

/** Numbers become objects that keep their digits: a uin above 2^53 would lose some as a JavaScript number. */
class Digits {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

const parseExactly = (text: string): unknown =>
  JSON.parse(text, (_, value: unknown, context?: { readonly source?: string }) =>
    typeof value === 'number' ? new Digits(context?.source ?? String(value)) : value,
  );

const givenOf = (value: unknown): Given => {
  if (value instanceof Digits) return { text: value.text, kind: 'number' };
  return typeof value === 'string' ? { text: value, kind: 'string' } : { text: '', kind: 'other' };
};

const flatten = (fields: Json): Parameters => {
  const flat = new Map<string, Given>();
  for (const [name, value] of Object.entries(fields)) {
    if (Array.isArray(value)) for (const [index, one] of value.entries()) flat.set(`${name}.${index}`, givenOf(one));
    else if (value !== null) flat.set(name, givenOf(value));
  }
  return flat;
};

/** The parameters of a JSON body; undefined when it is no object. */
const readJsonParameters = (body: Uint8Array): Parameters | undefined => {
  try {
    const parsed = parseExactly(new TextDecoder().decode(body));
    return isJson(parsed) && !Array.isArray(parsed) && !(parsed instanceof Digits) ? flatten(parsed) : undefined;
  } catch {
    return undefined;
  }
};

/** The parameters of a form, from the query of a GET and from the body of a POST; of two of a name the last counts. */
export const readFormParameters = (call: Call): Parameters => {
  const form = call.method === 'GET' ? call.query : new URLSearchParams(new TextDecoder().decode(call.body));
  return new Map(Array.from(form, ([name, text]) => [name, { text, kind: 'any' }]));
};

/** Parameters that every operation takes, beside its own, when they come in a form (D). */
const commonParameters = new Set([
  'Action',
  'Language',
  'Nonce',
  'Region',
  'RequestClient',
  'SecretId',
  'Signature',
  'SignatureMethod',
  'Timestamp',
  'Token',
  'Version',
]);

/** What is asked for: by headers and a body of JSON, or all in a form. */
export interface Asked {
  readonly action: string;
  readonly version: string;
  readonly given: Parameters;
}

/** What a call asks for; undefined when its JSON is none. */
export const readAsked = (call: Call): Asked | undefined => {
  const isInHeaders = call.headers['x-tc-action'] !== undefined;
  if (isInHeaders && call.method === 'POST') {
    const given = readJsonParameters(call.body);
    const { 'x-tc-action': action = '', 'x-tc-version': version = '' } = call.headers;
    return given && { action, version, given };
  }
  const form = readFormParameters(call);
  const own = new Map([...form].filter(([name]) => isInHeaders || !commonParameters.has(name)));
  const { 'x-tc-action': action = textOf(form, 'Action'), 'x-tc-version': version = textOf(form, 'Version') } =
    call.headers;
  return { action, version, given: own };
};

const forms = { Float: /^-?\d{1,15}(\.\d{1,10})?$/, Integer: /^-?\d{1,19}$/, String: /^/ } as const;

const isOfType = ({ text, kind }: Given, { type }: Parameter): boolean =>
  (kind === 'any' || kind === (type === 'String' ? 'string' : 'number')) && forms[type].test(text);

/** Why the parameters are not those of the operation, or undefined. */
export const refuseParameters = (given: Parameters, { parameters }: Operation): Refusal | undefined => {
  for (const [name, value] of given) {
    const [stem = '', index] = name.split(/\.(\d+)$/);
    const parameter = Object.hasOwn(parameters, stem) ? parameters[stem] : undefined;
    if (parameter === undefined || (index !== undefined) !== (parameter.list === true)) {
      return commonRefusals.unknown(name);
    }
    if (!isOfType(value, parameter)) return commonRefusals.type(name);
  }
  const missing = Object.entries(parameters).find(
    ([name, { required, list }]) => required && !given.has(list ? `${name}.0` : name),
  );
  return missing && commonRefusals.missing(missing[0]);
};

/** The text of a parameter, '' when there is none. */
export const textOf = (given: Parameters, name: string): string => given.get(name)?.text ?? '';

/** All values of a list, in the order of their numbers. */
export const listOf = (given: Parameters, name: string): readonly string[] => {
  const values: string[] = [];
  for (let index = 0; given.has(`${name}.${index}`); index += 1) values.push(textOf(given, `${name}.${index}`));
  return values;
};

/** Cents of dollars with at most two decimals, below zero too; undefined for anything else. */
export const centsOf = (text: string): bigint | undefined => {
  try {
    return fromDecimal(text, 'USD').amountMinor;
  } catch {
    return undefined;
  }
};

/** Dollars as a JSON number. */
export const dollars = (amountMinor: bigint): number => Number(toDecimal({ amountMinor, currency: 'USD' }));

/** Fen as a JSON integer. */
export const fen = (amountMinor: bigint): number => Number(amountMinor);
