/** ACS3-HMAC-SHA256, and the older HMAC-SHA1, as the gateway verifies them: form, key, date, signature, then nonce. */
import { createHmac, hash } from 'node:crypto';
import type { Clock } from '#harness/clock';
import type { Call } from '#harness/provider';
import { canonicalQuery } from '../percent.ts';
import { algorithm, dateWindowMs, type Refusal, refusals, requiredSignedHeaders, reseller } from './quirks.ts';
import { isRpcSigned, readRpcParameters, rpcSignature, rpcTextToSign } from './sign-rpc.ts';
import type { Reseller } from './states.ts';

const sha256 = (bytes: Uint8Array | string): string => hash('sha256', bytes, 'hex');

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
  const has = (nonce: string): boolean => older.has(nonce) || newer.has(nonce);
  return {
    has,
    /** True the first time. */
    add: (nonce: string): boolean => {
      if (clock.nowMs() - turnedMs > keepMs) {
        [older, newer, turnedMs] = [newer, new Set(), clock.nowMs()];
      }
      if (has(nonce)) return false;
      newer.add(nonce);
      return true;
    },
  };
};

/** Who signed a call: a reseller, or somebody who may do nothing. */
export type Caller = Reseller | 'denied';

const keys: ReadonlyMap<string, { readonly caller: Caller; readonly secret: string }> = new Map([
  [reseller.accessKeyId, { caller: 'rich', secret: reseller.accessKeySecret }],
  [reseller.poorAccessKeyId, { caller: 'poor', secret: reseller.poorAccessKeySecret }],
  [reseller.deniedAccessKeyId, { caller: 'denied', secret: reseller.deniedAccessKeySecret }],
]);

const isoSeconds = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

/** What a caller claims about himself, whichever way he signs. */
interface Claim {
  readonly accessKeyId: string;
  readonly date: string;
  readonly nonce: string;
  /** What has to be signed. */
  readonly text: string;
  isSigned(secret: string): boolean;
}

const readRpc = (call: Call): Claim | Refusal => {
  const parameters = readRpcParameters(call);
  const text = (name: string): string => parameters.get(name) ?? '';
  const needed = ['AccessKeyId', 'Signature', 'SignatureMethod', 'SignatureNonce', 'Timestamp'];
  const missing = needed.find((name) => text(name) === '');
  if (missing !== undefined) return refusals.missing(missing);
  const isOnce = [...new Set(parameters.keys())].length === parameters.size;
  if (!isOnce) return refusals.incompleteSignature;
  if (text('SignatureMethod') !== 'HMAC-SHA1') return refusals.signatureMethod;
  const toSign = rpcTextToSign(call.method, parameters);
  return {
    accessKeyId: text('AccessKeyId'),
    date: text('Timestamp'),
    nonce: text('SignatureNonce'),
    text: toSign,
    isSigned: (secret) => rpcSignature(toSign, secret) === text('Signature'),
  };
};

const readAcs3 = (call: Call): Claim | Refusal => {
  const given = parse(call.headers.authorization ?? '');
  if (given === undefined || !coversEnough(call, given.signedHeaders)) return refusals.incompleteSignature;
  const text = textToSign(call, given.signedHeaders);
  return {
    accessKeyId: given.accessKeyId,
    date: call.headers['x-acs-date'] ?? '',
    nonce: call.headers['x-acs-signature-nonce'] ?? '',
    text,
    isSigned: (secret) => {
      const expected = createHmac('sha256', secret)
        .update(`${algorithm}\n${sha256(text)}`)
        .digest('hex');
      return given.signature === expected && call.headers['x-acs-content-sha256'] === sha256(call.body);
    },
  };
};

/** What a signature proves: who signed, and whether the call is one that has not been seen yet. */
export interface Proof {
  readonly caller: Caller;
  isNew(): boolean;
  /** Keeps the call in mind; false when it was seen before. */
  take(): boolean;
}

/**
 * Answers what the signature of a call proves, or why it proves nothing. A date may be near either clock: a provider's
 * clock that runs faster than real time leaves behind every client that keeps real time.
 */
export const openAuthenticator = (clock: Clock, wall: Clock): ((call: Call) => Proof | Refusal) => {
  const nonces = openNonces(wall, 2 * dateWindowMs);
  return (call) => {
    const isRpc = call.headers.authorization === undefined && isRpcSigned(readRpcParameters(call));
    const claim = isRpc ? readRpc(call) : readAcs3(call);
    if ('status' in claim) return claim;
    const key = keys.get(claim.accessKeyId);
    if (key === undefined) return refusals.accessKey;
    const dateMs = isoSeconds.test(claim.date) ? Date.parse(claim.date) : Number.NaN;
    if (Number.isNaN(dateMs)) return refusals.dateForm;
    if ([clock, wall].every((one) => Math.abs(one.nowMs() - dateMs) > dateWindowMs)) return refusals.dateExpired;
    if (!claim.isSigned(key.secret)) return refusals.signature(claim.text);
    const { nonce } = claim;
    return { caller: key.caller, isNew: () => !nonces.has(nonce), take: () => nonces.add(nonce) };
  };
};
