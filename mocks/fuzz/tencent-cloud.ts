/** Calls to Tencent Cloud's partner APIs, signed by the signer of its SDK, in all three ways. */
import { createRequire } from 'node:module';
import type { Call, Reply } from '#harness/provider';
import type { Random } from '#harness/seed';
import { tencentCloud } from '../tencent-cloud/index.ts';
import { oddAccounts, operations, operationTable } from '../tencent-cloud/quirks.ts';
import type { Draw, FuzzTarget } from './fuzz.ts';
import { minorOf, objectAt, objectIn } from './json-reply.ts';
import { asText, drawAmount, drawFields, drawOddText, drawOr } from './values.ts';

/** What of the SDK's signer is used. */
interface Signer {
  sign(secretKey: string, text: string, method: string): string;
  sign3(request: object): string;
}

const require = createRequire(import.meta.url);
const { default: signer } = require('tencentcloud-sdk-nodejs-common/tencentcloud/common/sign') as { default: Signer };

const host = '127.0.0.1:1';

interface Asked {
  readonly action: string;
  readonly version: string;
  /** Fields of a JSON body, or what stands for them: a uin above 2^53 has to be written as it is. */
  readonly fields: Readonly<Record<string, unknown>>;
}

interface Who {
  readonly secretId: string;
  readonly secretKey: string;
}

const whoOf = ({ random, identity, isRight }: Draw, isOwn: boolean): Who => {
  const kind = isOwn ? 20 : random.integer(1, 20);
  const prefix = kind === 1 ? 'denied' : kind === 2 ? 'poor' : '';
  const name = (what: string): string => (prefix === '' ? `s${what}` : `${prefix}S${what}`);
  const secretId = kind === 3 ? 'nobody' : (identity[name('ecretId')] ?? '');
  return { secretId, secretKey: isRight ? (identity[name('ecretKey')] ?? '') : 'wrong' };
};

/** A BigInt becomes a JSON number with all its digits. */
const written = (fields: object): string =>
  JSON.stringify(fields, (_, value) => (typeof value === 'bigint' ? `big:${value}` : value)).replaceAll(
    /"big:(-?\d+)"/g,
    '$1',
  );

const signTc3 = (draw: Draw, { action, version, fields }: Asked, { secretId, secretKey }: Who): Call => {
  const body = Buffer.from(written(fields));
  const timestamp = Math.floor(draw.nowMs / 1_000);
  const type = 'application/json';
  const authorization = signer.sign3({
    url: `http://${host}/`,
    payload: body,
    timestamp,
    service: '127',
    secretId,
    secretKey,
    headers: { 'Content-Type': type },
  });
  const about = { 'x-tc-action': action, 'x-tc-version': version, 'x-tc-timestamp': String(timestamp) };
  return {
    method: 'POST',
    path: '/',
    query: new URLSearchParams(),
    rawQuery: '',
    headers: { host, 'content-type': type, authorization, ...about },
    body,
  };
};

const flat = (fields: Readonly<Record<string, unknown>>): [string, string][] =>
  Object.entries(fields).flatMap(([name, value]): [string, string][] =>
    Array.isArray(value) ? value.map((one, index) => [`${name}.${index}`, asText(one)]) : [[name, asText(value)]],
  );

const signOld = (draw: Draw, asked: Asked, { secretId, secretKey }: Who): Call => {
  const { random, nowMs } = draw;
  const method = random.pick(['GET', 'POST']);
  const algorithm = random.pick(['HmacSHA1', 'HmacSHA256']);
  const parameters: Record<string, string> = {
    ...Object.fromEntries(flat(asked.fields)),
    Action: asked.action,
    Nonce: String(random.integer(1, 65_535)),
    SecretId: secretId,
    SignatureMethod: algorithm,
    Timestamp: String(Math.floor(nowMs / 1_000)),
    Version: asked.version,
  };
  const names = Object.keys(parameters).sort();
  const text = `${method}${host}/?${names.map((name) => `${name}=${parameters[name]}`).join('&')}`;
  const form = new URLSearchParams({ ...parameters, Signature: signer.sign(secretKey, text, algorithm) });
  const isGet = method === 'GET';
  return {
    method,
    path: '/',
    query: isGet ? form : new URLSearchParams(),
    rawQuery: isGet ? form.toString() : '',
    headers: { host, ...(isGet ? {} : { 'content-type': 'application/x-www-form-urlencoded' }) },
    body: Buffer.from(isGet ? '' : form.toString()),
  };
};

const oddUins = Object.values(oddAccounts);
const drawUin = (random: Random): bigint =>
  random.integer(1, 8) === 1 ? BigInt(random.pick([...oddUins, '9007199254740993'])) : BigInt(random.integer(1, 8));

const drawList = (random: Random): unknown =>
  random.integer(1, 6) === 1
    ? Array.from({ length: random.pick([0, 51]) }, (_, index) => index)
    : [drawUin(random), drawUin(random)];

const fieldsOf = (random: Random, action: string): Readonly<Record<string, unknown>> => {
  const uin = drawUin(random);
  switch (action) {
    case operations.allocate: {
      const isBack = random.integer(1, 4) === 1;
      const AddedCredit = isBack ? -drawAmount(random, 500) : drawAmount(random, 2_000);
      const Remark = drawOr(random, [undefined, `T${random.integer(1, 1_000)}`]);
      return { ClientUin: drawOr(random, [uin]), AddedCredit: drawOr(random, [AddedCredit], 20), Remark };
    }
    case operations.history:
      return { ClientUin: uin, Page: drawOr(random, [undefined, 1, 2]), PageSize: drawOr(random, [undefined, 5]) };
    case operations.credits:
      return { UinList: drawOr(random, [drawList(random)]) };
    case operations.transfer: {
      const Amount = random.integer(1, 10) === 1 ? -random.integer(0, 5) : random.integer(1, 200_000);
      return { ClientUin: drawOr(random, [String(uin)]), Amount: drawOr(random, [Amount], 20) };
    }
    default:
      return { ClientUin: drawOr(random, [String(uin)]) };
  }
};

const drawAsked = ({ random }: Draw): Asked => {
  const { allocate, transfer } = operations;
  const known = random.pick([...Object.values(operations), allocate, allocate, transfer]);
  const action = random.integer(1, 25) === 1 ? drawOddText(random) : known;
  const version = random.integer(1, 25) === 1 ? '2017-01-01' : (operationTable.get(known)?.version ?? '');
  const fields = known === operations.partnerCredit ? {} : fieldsOf(random, known);
  return { action, version, fields: drawFields(random, fields) };
};

const sign = (draw: Draw, asked: Asked, isOwn = false): Call => {
  const who = whoOf(draw, isOwn);
  return draw.random.unit() < 0.5 ? signTc3(draw, asked, who) : signOld(draw, asked, who);
};

const codeOf = (reply: Reply): string => {
  const response = objectAt(objectIn(reply), 'Response');
  if (reply.status !== 200 || typeof response.RequestId !== 'string') throw new Error('no RequestId, or not HTTP 200');
  if (response.Error === undefined) return 'ok';
  const { Code, Message } = objectAt(response, 'Error');
  if (typeof Code !== 'string' || typeof Message !== 'string') throw new Error('an error without code or message');
  return Code;
};

/** The target, with both markets; of the account that the vendor is too busy for nobody can ask. */
export const tencentCloudTarget: FuzzTarget = {
  provider: tencentCloud,
  drawSigned: (draw) => sign(draw, drawAsked(draw)),
  codeOf,
  heldMinor: ({ cloudAccount, currency }, draw, ask) => {
    const isAbroad = currency === 'USD';
    if (isAbroad && cloudAccount === oddAccounts.busyUin) return undefined;
    const action = isAbroad ? operations.credits : operations.balance;
    const fields = isAbroad ? { UinList: [BigInt(cloudAccount)] } : { ClientUin: cloudAccount };
    const { version = '' } = operationTable.get(action) ?? {};
    const response = objectAt(objectIn(ask(sign(draw, { action, version, fields }, true))), 'Response');
    if (!isAbroad) return BigInt(String(response.Balance));
    return minorOf((response.Data as { readonly TotalCredit: unknown }[])[0]?.TotalCredit);
  },
};
