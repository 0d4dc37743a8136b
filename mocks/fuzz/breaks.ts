/** Ways in which an authentic call stops being authentic. */
import type { Call } from '#harness/provider';
import type { Random } from '#harness/seed';
import { drawOddText } from './values.ts';

const isForm = ({ headers }: Call): boolean =>
  (headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded');

const formOf = (call: Call): URLSearchParams => new URLSearchParams(Buffer.from(call.body).toString());

const withQuery = (call: Call, query: URLSearchParams): Call => ({ ...call, query, rawQuery: query.toString() });
const withForm = (call: Call, form: URLSearchParams): Call => ({ ...call, body: Buffer.from(form.toString()) });

const otherCharacter = (text: string, at: number): string =>
  `${text.slice(0, at)}${text[at] === 'a' ? 'b' : 'a'}${text.slice(at + 1)}`;

/** The parameters of a call with `edit` made to those of the form, or else to those of the query. */
const edited = (call: Call, edit: (parameters: URLSearchParams) => void): Call => {
  const parameters = new URLSearchParams(call.body.length > 0 ? formOf(call) : call.query);
  edit(parameters);
  return call.body.length > 0 ? withForm(call, parameters) : withQuery(call, parameters);
};

/** The parameter that carries a signature where no header does. */
const signatureIn = (parameters: URLSearchParams): string => (parameters.has('sign') ? 'sign' : 'Signature');

/** The header that a call is authentic by; undefined where a parameter is it. */
const proofIn = ({ headers }: Call): 'authorization' | 'signature' | undefined =>
  (['authorization', 'signature'] as const).find((name) => headers[name] !== undefined);

const unsigned = (call: Call, random: Random): Call => {
  const { authorization, signature, ...headers } = call.headers;
  if (proofIn(call) !== undefined) return { ...call, headers };
  const isEmpty = random.unit() < 0.5;
  return edited(call, (parameters) =>
    isEmpty ? parameters.set(signatureIn(parameters), '') : parameters.delete(signatureIn(parameters)),
  );
};

const otherSignature = (call: Call, random: Random): Call => {
  const proof = proofIn(call);
  if (proof === undefined) {
    return edited(call, (parameters) => {
      const name = signatureIn(parameters);
      const signature = parameters.get(name) ?? 'x';
      parameters.set(name, otherCharacter(signature, random.integer(0, signature.length - 1)));
    });
  }
  const value = call.headers[proof] ?? '';
  const end = value.replace(/[=":]+$/, ''); // what pads base64 is not the beginning of a value
  const at = random.integer(end.lastIndexOf('=') + 1, end.length - 1);
  return { ...call, headers: { ...call.headers, [proof]: otherCharacter(value, at) } };
};

const otherAuthorization = (call: Call, random: Random): Call => {
  const proof = proofIn(call);
  return proof === undefined
    ? unsigned(call, random)
    : { ...call, headers: { ...call.headers, [proof]: drawOddText(random) } };
};

/** Another value somewhere that is signed. */
const otherValue = (call: Call, random: Random): Call => {
  if (call.body.length > 0 && !isForm(call)) {
    const body = Buffer.from(call.body);
    const at = random.integer(0, body.length - 1);
    body[at] = ((body[at] ?? 0) + random.integer(1, 255)) % 256;
    return { ...call, body };
  }
  const names = [...(call.body.length > 0 ? formOf(call) : call.query).keys()];
  if (names.length === 0) return otherSignature(call, random);
  const name = random.pick(names);
  return edited(call, (parameters) => parameters.set(name, `${parameters.get(name)}${random.pick(['0', 'x', ' '])}`));
};

/** Without one of the parameters that are signed; one without a value may be signed as if it were not there. */
const leftOut = (call: Call, random: Random): Call => {
  const given = [...(isForm(call) ? formOf(call) : call.query)];
  const names = given.filter(([, value]) => value !== '').map(([name]) => name);
  if (names.length === 0) return unsigned(call, random);
  const name = random.pick(names);
  return isForm(call)
    ? edited(call, (parameters) => parameters.delete(name))
    : withQuery(call, new URLSearchParams([...call.query].filter(([one]) => one !== name)));
};

const shorter = (call: Call, random: Random): Call =>
  call.body.length === 0
    ? otherValue(call, random)
    : { ...call, body: call.body.subarray(0, random.integer(0, call.body.length - 1)) };

const oversized = (call: Call, random: Random): Call =>
  call.body.length === 0
    ? otherValue(call, random)
    : { ...call, body: Buffer.concat([call.body, Buffer.alloc(random.pick([1_000, 10_000, 10_000, 2_000_000]), ' ')]) };

/** Nothing that anybody would send. */
const rubbish = (call: Call, random: Random): Call => {
  const query = new URLSearchParams([[drawOddText(random), drawOddText(random)]]);
  return {
    method: random.pick(['GET', 'POST', 'PUT', 'DELETE', 'get', '']),
    path: random.pick(['/', '', '//', '/%', call.path, `${call.path}/`, '/\u0000', '/v2/__proto__']),
    query,
    rawQuery: random.pick([query.toString(), '%', '&&==']),
    headers: random.pick([{}, call.headers, { authorization: drawOddText(random) }]),
    body: Buffer.from(random.pick(['', '{', '[', 'null', '"', drawOddText(random)])),
  };
};

/** By name; none of them leaves a call that its provider may act on. */
export const breaks: Readonly<Record<string, (call: Call, random: Random) => Call>> = {
  unsigned,
  'other signature': otherSignature,
  'other authorization': otherAuthorization,
  'other value': otherValue,
  'left out': leftOut,
  truncated: shorter,
  oversized,
  'other path': (call) => ({ ...call, path: `/x${call.path}` }),
  'other method': (call) => ({ ...call, method: call.method === 'GET' ? 'POST' : 'GET' }),
  rubbish,
};
