/** ACS3-HMAC-SHA256 as the gateway verifies it: form, key, date, signature, then the nonce. */
import { createHash, createHmac } from 'node:crypto';
import type { Clock } from '#harness/clock';
import type { Call } from '#harness/provider';
import { algorithm, dateWindowMs, type Refusal, refusals, requiredSignedHeaders, reseller } from './quirks.ts';

const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');

/** RFC 3986: encodeURIComponent and the five characters that it leaves alone. */
const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);

const canonicalQuery = (query: URLSearchParams): string => {
  const sorted = new URLSearchParams(query);
  sorted.sort();
  return Array.from(sorted, ([name, value]) => `${encode(name)}=${encode(value)}`).join('&');
};

interface Authorization {
  readonly accessKeyId: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

const parse = (header: string): Authorization | undefined => {
  const match = /^ACS3-HMAC-SHA256 Credential=([^,]+),\s*SignedHeaders=([^,]+),\s*Signature=([0-9a-f]{64})$/.exec(
    header,
  );
  if (!match) return undefined;
  const [, accessKeyId = '', signedHeaders = '', signature = ''] = match;
  return { accessKeyId, signedHeaders: signedHeaders.split(';'), signature };
};

/** The canonical request; the SDK signs the host as it was told it, so the header is taken as it came. */
const textToSign = (call: Call, signedHeaders: readonly string[]): string => {
  const headers = signedHeaders.map((name) => `${name}:${(call.headers[name] ?? '').trim()}\n`).join('');
  return [call.method, call.path, canonicalQuery(call.query), headers, signedHeaders.join(';'), sha256(call.body)].join(
    '\n',
  );
};

const coversEnough = (call: Call, signed: readonly string[]): boolean =>
  requiredSignedHeaders.every((name) => signed.includes(name) && call.headers[name]) &&
  signed.every((name) => Object.hasOwn(call.headers, name)) &&
  Object.keys(call.headers).every((name) => !name.startsWith('x-acs-') || signed.includes(name));

/** Remembers a nonce for at least `keepMs`; one set is dropped whenever that time is over, so memory stays bounded. */
const openNonces = (clock: Clock, keepMs: number) => {
  let older = new Set<string>();
  let newer = new Set<string>();
  let turnedMs = clock.nowMs();
  return {
    /** True the first time. */
    add: (nonce: string): boolean => {
      if (clock.nowMs() - turnedMs > keepMs) {
        [older, newer, turnedMs] = [newer, new Set(), clock.nowMs()];
      }
      if (older.has(nonce) || newer.has(nonce)) return false;
      newer.add(nonce);
      return true;
    },
  };
};

const isoSeconds = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

/**
 * Answers why a call is not the reseller's, or undefined. A date may be near either clock: a provider's clock that
 * runs faster than real time leaves behind every client that keeps real time.
 */
export const openAuthenticator = (clock: Clock, wall: Clock): ((call: Call) => Refusal | undefined) => {
  const nonces = openNonces(wall, 2 * dateWindowMs);
  return (call) => {
    const given = parse(call.headers.authorization ?? '');
    if (given === undefined || !coversEnough(call, given.signedHeaders)) return refusals.incompleteSignature;
    if (given.accessKeyId !== reseller.accessKeyId) return refusals.accessKey;
    const date = call.headers['x-acs-date'] ?? '';
    const dateMs = isoSeconds.test(date) ? Date.parse(date) : Number.NaN;
    if (Number.isNaN(dateMs)) return refusals.dateForm;
    if ([clock, wall].every((one) => Math.abs(one.nowMs() - dateMs) > dateWindowMs)) return refusals.dateExpired;
    const text = textToSign(call, given.signedHeaders);
    const expected = createHmac('sha256', reseller.accessKeySecret)
      .update(`${algorithm}\n${sha256(text)}`)
      .digest('hex');
    if (given.signature !== expected || call.headers['x-acs-content-sha256'] !== sha256(call.body)) {
      return refusals.signature(text);
    }
    return nonces.add(call.headers['x-acs-signature-nonce'] ?? '') ? undefined : refusals.nonceUsed;
  };
};
