/** Calls to Alibaba Cloud's BSS API, signed by its SDK's function for ACS3, and as pop-core does for RPC. */
import { createHmac } from 'node:crypto';
import type { Call, Reply } from '#harness/provider';
import type { Random } from '#harness/seed';
import { alibabaCloud } from '../alibaba-cloud/index.ts';
import { apiVersion, oddAccounts, operations } from '../alibaba-cloud/quirks.ts';
import { core } from '../alibaba-cloud/test-sdk.ts';
import type { Draw, FuzzTarget } from './fuzz.ts';
import { minorOf, objectIn } from './json-reply.ts';
import { asText, drawAmount, drawFields, drawOddText, drawOr } from './values.ts';

const emptyHash = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const signAcs3Text = core.OpenApiUtil.getAuthorization as (...all: unknown[]) => string;

interface Asked {
  readonly action: string;
  readonly version: string;
  readonly fields: Readonly<Record<string, string>>;
}

interface Who {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
}

const whoOf = ({ random, identity, isRight }: Draw, isOwn: boolean): Who => {
  const kind = isOwn ? 20 : random.integer(1, 20);
  const name = kind === 1 ? 'deniedAccessKey' : kind === 2 ? 'poorAccessKey' : 'accessKey';
  const accessKeyId = kind === 3 ? 'nobody' : (identity[`${name}Id`] ?? '');
  return { accessKeyId, accessKeySecret: isRight ? (identity[`${name}Secret`] ?? '') : 'wrong' };
};

const isoDate = (atMs: number): string => `${new Date(atMs).toISOString().slice(0, 19)}Z`;

/** Now and then a nonce that may have served already. */
const drawNonce = (random: Random): string =>
  random.integer(1, 30) === 1 ? 'again' : String(random.integer(1, Number.MAX_SAFE_INTEGER));

const signAcs3 = ({ random, nowMs }: Draw, { action, version, fields }: Asked, who: Who): Call => {
  const query = new URLSearchParams(fields);
  const headers: Record<string, string> = {
    host: '127.0.0.1:1',
    'x-acs-action': action,
    'x-acs-version': version,
    'x-acs-date': random.integer(1, 60) === 1 ? 'today' : isoDate(nowMs),
    'x-acs-signature-nonce': drawNonce(random),
    'x-acs-content-sha256': emptyHash,
  };
  const request = { method: 'POST', pathname: '/', query: { ...fields }, headers };
  const algorithm = 'ACS3-HMAC-SHA256';
  const authorization = signAcs3Text(request, algorithm, emptyHash, who.accessKeyId, who.accessKeySecret);
  const sent = { method: 'POST', path: '/', query, rawQuery: query.toString(), body: new Uint8Array() };
  return { ...sent, headers: { ...headers, authorization } };
};

const encoded = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);

const signRpc = ({ random, nowMs }: Draw, { action, version, fields }: Asked, who: Who): Call => {
  const method = random.pick(['GET', 'POST']);
  const parameters: Record<string, string> = {
    ...fields,
    AccessKeyId: who.accessKeyId,
    Action: action,
    Format: 'JSON',
    SignatureMethod: random.integer(1, 60) === 1 ? 'HMAC-MD5' : 'HMAC-SHA1',
    SignatureNonce: drawNonce(random),
    SignatureVersion: '1.0',
    Timestamp: isoDate(nowMs),
    Version: version,
  };
  const names = Object.keys(parameters).sort();
  const canonical = names.map((name) => `${encoded(name)}=${encoded(parameters[name] ?? '')}`).join('&');
  const text = `${method}&%2F&${encoded(canonical)}`;
  const signature = createHmac('sha1', `${who.accessKeySecret}&`).update(text).digest('base64');
  const all = new URLSearchParams({ ...parameters, Signature: signature });
  const isGet = method === 'GET';
  return {
    method,
    path: '/',
    query: isGet ? all : new URLSearchParams(),
    rawQuery: isGet ? all.toString() : '',
    headers: { host: '127.0.0.1:1', ...(isGet ? {} : { 'content-type': 'application/x-www-form-urlencoded' }) },
    body: Buffer.from(isGet ? '' : all.toString()),
  };
};

const oddOwners = Object.values(oddAccounts);
const drawOwner = (random: Random): string =>
  random.integer(1, 8) === 1 ? random.pick([...oddOwners, '9007199254740993']) : String(random.integer(1, 8));

const fieldsOf = (random: Random, action: string): Readonly<Record<string, unknown>> => {
  const OwnerId = drawOr(random, [drawOwner(random)]);
  switch (action) {
    case operations.change:
      return {
        OwnerId,
        AdjustType: drawOr(random, ['decrease', 'decrease', 'increase']),
        Amount: drawOr(random, [drawAmount(random, 2_000)], 20),
        Currency: drawOr(random, ['CNY'], 15),
        BusinessType: drawOr(random, ['quota_amount_adjust']),
        Source: drawOr(random, ['topup']),
        OutBizId: drawOr(random, [`G${random.integer(1, 300)}`]),
      };
    case operations.set: {
      const OutBizId = drawOr(random, [undefined, `S${random.integer(1, 300)}`]);
      return { OwnerId, Amount: drawOr(random, [drawAmount(random)], 20), OutBizId };
    }
    case operations.transactions:
      return {
        PageNum: drawOr(random, [undefined, 1, 2]),
        PageSize: drawOr(random, [undefined, 20]),
        CreateTimeStart: drawOr(random, [undefined, '2026-01-01T00:00:00Z']),
        TransactionFlow: drawOr(random, [undefined, 'Income']),
      };
    default:
      return { OwnerId };
  }
};

/** What about half of a session asks for: more calls of a kind than pass in a second have to meet while time stands. */
let favourite: string | undefined;

const drawAsked = ({ random }: Draw): Asked => {
  favourite ??= random.pick(Object.values(operations));
  const { change } = operations;
  const known = random.unit() < 0.5 ? favourite : random.pick([...Object.values(operations), change, change, change]);
  const action = random.integer(1, 25) === 1 ? asText(random.pick(['Nothing', 'toString', ''])) : known;
  const version = random.integer(1, 25) === 1 ? drawOddText(random).replaceAll(/[^\w.-]/g, '') || '1' : apiVersion;
  const fields = Object.entries(drawFields(random, fieldsOf(random, known)));
  return { action, version, fields: Object.fromEntries(fields.map(([name, value]) => [name, asText(value)])) };
};

const sign = (draw: Draw, asked: Asked, isOwn = false): Call => {
  const who = whoOf(draw, isOwn);
  return draw.random.unit() < 0.5 ? signAcs3(draw, asked, who) : signRpc(draw, asked, who);
};

/** Success, a refusal under HTTP 200, and one of the gateway's each have their own fields. */
const codeOf = (reply: Reply): string => {
  const { Code, Message, RequestId, Success, Data } = objectIn(reply);
  if (typeof Code !== 'string' || typeof Message !== 'string' || typeof RequestId !== 'string')
    throw new Error('no Code, Message or RequestId');
  if (reply.status !== 200) return Code;
  if (Success !== (Data !== undefined)) throw new Error('Success and Data do not fit together');
  return Success === true ? 'ok' : Code;
};

/** The target, with both signatures. */
export const alibabaCloudTarget: FuzzTarget = {
  provider: alibabaCloud,
  begin: () => {
    favourite = undefined;
  },
  drawSigned: (draw) => sign(draw, drawAsked(draw)),
  codeOf,
  heldMinor: ({ cloudAccount }, draw, ask) => {
    const asked = { action: operations.query, version: apiVersion, fields: { OwnerId: cloudAccount } };
    for (;;) {
      const reply = ask(sign(draw, asked, true));
      if (codeOf(reply) === 'ok') return minorOf(objectIn(reply).Data);
    }
  },
};
