/** SDK-HMAC-SHA256 as the gateway verifies it. No nonce: within its window a call verifies as often as it is sent. */
import { createHmac, hash as hashOnce } from 'node:crypto';
import type { Clock } from '#harness/clock';
import type { Call } from '#harness/provider';
import { canonicalQuery, encodeRfc3986 } from '../percent.ts';
import { dateWindowMs, gatewayRefusals, partner, type Refusal } from './quirks.ts';

const sha256 = (bytes: Uint8Array | string): string => hashOnce('sha256', bytes, 'hex');

/** Every segment is encoded as it came, and the path always ends in a slash (R). */
const canonicalPath = (path: string): string => {
  const encoded = path.split('/').map(encodeRfc3986).join('/');
  return encoded.endsWith('/') ? encoded : `${encoded}/`;
};

/**
 * The hash that is signed. The SDK puts UNSIGNED-PAYLOAD there for whatever is not JSON (S); here that passes for an
 * empty body alone, or a body could be exchanged under its signature. `undefined` for a hash that is not the body's.
 */
const payloadHash = ({ headers, body }: Call): string | undefined => {
  const claimed = headers['x-sdk-content-sha256'];
  const actual = sha256(body);
  if (claimed === undefined || claimed === actual) return actual;
  return claimed === 'UNSIGNED-PAYLOAD' && body.length === 0 ? claimed : undefined;
};

interface Authorization {
  readonly accessKey: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

const parse = (header: string): Authorization | undefined => {
  const match = /^SDK-HMAC-SHA256 Access=([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(header);
  if (!match) return undefined;
  const [, accessKey = '', signedHeaders = '', signature = ''] = match;
  return { accessKey, signedHeaders: signedHeaders.split(';'), signature };
};

const signatureOf = (call: Call, signedHeaders: readonly string[], hash: string, secretKey: string): string => {
  const headers = signedHeaders.map((name) => `${name}:${(call.headers[name] ?? '').trim()}\n`).join('');
  const request = [
    call.method,
    canonicalPath(call.path),
    canonicalQuery(call.query),
    headers,
    signedHeaders.join(';'),
    hash,
  ];
  const text = `SDK-HMAC-SHA256\n${call.headers['x-sdk-date'] ?? ''}\n${sha256(request.join('\n'))}`;
  return createHmac('sha256', secretKey).update(text).digest('hex');
};

/** `20260101T000000Z` as milliseconds; NaN for anything else. */
const momentOf = (date: string): number => {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date);
  if (!match) return Number.NaN;
  const [, year, month, day, hour, minute, second] = match;
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
};

/** Who signed a call: the partner, or somebody of his who may do nothing. */
export type Caller = 'partner' | 'denied';

const keys: ReadonlyMap<string, { readonly caller: Caller; readonly secretKey: string }> = new Map([
  [partner.accessKey, { caller: 'partner', secretKey: partner.secretKey }],
  [partner.deniedAccessKey, { caller: 'denied', secretKey: partner.deniedSecretKey }],
]);

/** Answers who signed a call, or why nobody did. A date may be near either clock, as with scaled ones. */
export const openAuthenticator =
  (clocks: readonly Clock[]): ((call: Call) => Caller | Refusal) =>
  (call) => {
    const given = parse(call.headers.authorization ?? '');
    const isCovered =
      given !== undefined &&
      ['host', 'x-sdk-date'].every((name) => given.signedHeaders.includes(name)) &&
      given.signedHeaders.every((name) => Object.hasOwn(call.headers, name));
    if (!isCovered) return gatewayRefusals.unsigned;
    const key = keys.get(given.accessKey);
    if (key === undefined) return gatewayRefusals.accessKey(given.accessKey);
    const sentMs = momentOf(call.headers['x-sdk-date'] ?? '');
    if (!clocks.some((clock) => Math.abs(clock.nowMs() - sentMs) <= dateWindowMs)) return gatewayRefusals.date;
    const hash = payloadHash(call);
    if (hash === undefined) return gatewayRefusals.signature;
    const expected = signatureOf(call, given.signedHeaders, hash, key.secretKey);
    return expected === given.signature ? key.caller : gatewayRefusals.signature;
  };
