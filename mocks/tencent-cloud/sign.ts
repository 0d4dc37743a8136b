/**
 * The vendor's signatures as its gateway verifies them: TC3-HMAC-SHA256 in a header, and the older HmacSHA1 and
 * HmacSHA256 in a parameter, which the international SDK still takes unless it is told otherwise (R).
 */
import { createHmac, hash } from 'node:crypto';
import type { Clock } from '#harness/clock';
import type { Call } from '#harness/provider';
import { commonRefusals, partner, type Refusal, timestampWindowMs } from './quirks.ts';
import type { Partner } from './states.ts';
import { type Parameters, readFormParameters, textOf } from './wire.ts';

/** Who signed a call: a partner, or somebody who may do nothing. */
export type Caller = Partner | 'denied';

interface Key {
  readonly caller: Caller;
  readonly secretKey: string;
}

const keys: ReadonlyMap<string, Key> = new Map([
  [partner.secretId, { caller: 'rich', secretKey: partner.secretKey }],
  [partner.poorSecretId, { caller: 'poor', secretKey: partner.poorSecretKey }],
  [partner.deniedSecretId, { caller: 'denied', secretKey: partner.deniedSecretKey }],
]);

const sha256 = (bytes: Uint8Array | string): string => hash('sha256', bytes, 'hex');
const hmac = (key: Uint8Array | string, text: string): Buffer => createHmac('sha256', key).update(text).digest();

const credentialForm = /^TC3-HMAC-SHA256 Credential=([^/,]+)\/(\d{4}-\d\d-\d\d)\/([^/,]+)\/tc3_request$/;

interface Authorization {
  readonly secretId: string;
  readonly date: string;
  readonly service: string;
  readonly signedHeaders: string;
  readonly signature: string;
}

const parse = (header: string): Authorization | undefined => {
  const [credential = '', ...rest] = header.split(/, ?/);
  const [, secretId, date, service] = credentialForm.exec(credential) ?? [];
  const [, signedHeaders, signature] = /^SignedHeaders=([^,]+),Signature=([0-9a-f]{64})$/.exec(rest.join(',')) ?? [];
  const isWhole = secretId && date && service && signedHeaders && signature;
  return isWhole ? { secretId, date, service, signedHeaders, signature } : undefined;
};

/**
 * The values that a client may have signed for a header: as it is, or in lower case as the docs have it; SDKs sign the
 * host without its port, although they send it (R).
 */
const signedValues = (name: string, value: string): readonly string[] => {
  const values = name === 'host' ? [value, value.replace(/:\d+$/, '')] : [value];
  return [...new Set(values.flatMap((one) => [one.trim(), one.trim().toLowerCase()]))];
};

/** Every way to write the signed headers down. */
const canonicalHeaders = (call: Call, names: readonly string[]): readonly string[] =>
  names.reduce<readonly string[]>(
    (texts, name) =>
      texts.flatMap((text) => signedValues(name, call.headers[name] ?? '').map((value) => `${text}${name}:${value}\n`)),
    [''],
  );

/** At most so many headers are signed; each may be written in several ways, all of which are tried. */
const signedHeadersMax = 6;

const openTc3 =
  (isNow: (seconds: string) => boolean) =>
  (call: Call, authorization: string): Caller | Refusal => {
    const given = parse(authorization);
    if (given === undefined) return commonRefusals.authorization;
    const { secretId, date, service, signedHeaders, signature } = given;
    const names = signedHeaders.split(';');
    const isCovered =
      names.length <= signedHeadersMax &&
      ['content-type', 'host'].every((name) => names.includes(name)) &&
      names.every((name) => Object.hasOwn(call.headers, name));
    if (!isCovered) return commonRefusals.authorization;
    const key = keys.get(secretId);
    if (key === undefined) return commonRefusals.secretId;
    const timestamp = call.headers['x-tc-timestamp'] ?? '';
    if (!isNow(timestamp) || new Date(Number(timestamp) * 1_000).toISOString().slice(0, 10) !== date) {
      return commonRefusals.expired;
    }
    // The service is taken as the client wrote it: pointed at 127.0.0.1 the SDK calls it `127` (R).
    const signing = hmac(hmac(hmac(`TC3${key.secretKey}`, date), service), 'tc3_request');
    const bodyHash = sha256(call.body);
    const isSigned = canonicalHeaders(call, names).some((headers) => {
      const request = [call.method, call.path, call.rawQuery, headers, signedHeaders, bodyHash].join('\n');
      const text = `TC3-HMAC-SHA256\n${timestamp}\n${date}/${service}/tc3_request\n${sha256(request)}`;
      return hmac(signing, text).toString('hex') === signature;
    });
    return isSigned ? key.caller : commonRefusals.signature;
  };

const algorithms: ReadonlyMap<string, string> = new Map([
  ['', 'sha1'],
  ['HmacSHA1', 'sha1'],
  ['HmacSHA256', 'sha256'],
]);

const openOld =
  (isNow: (seconds: string) => boolean) =>
  (call: Call, given: Parameters): Caller | Refusal => {
    const missing = ['Nonce', 'SecretId', 'Signature', 'Timestamp'].find((name) => textOf(given, name) === '');
    if (missing !== undefined) return commonRefusals.missing(missing);
    const key = keys.get(textOf(given, 'SecretId'));
    if (key === undefined) return commonRefusals.secretId;
    if (!isNow(textOf(given, 'Timestamp'))) return commonRefusals.expired;
    const algorithm = algorithms.get(textOf(given, 'SignatureMethod'));
    if (algorithm === undefined) return commonRefusals.signature;
    const sorted = [...given.keys()].filter((name) => name !== 'Signature').sort();
    const parameters = sorted.map((name) => `${name}=${textOf(given, name)}`).join('&');
    const isSigned = signedValues('host', call.headers.host ?? '').some((host) => {
      const text = `${call.method}${host}${call.path}?${parameters}`;
      return createHmac(algorithm, key.secretKey).update(text).digest('base64') === textOf(given, 'Signature');
    });
    return isSigned ? key.caller : commonRefusals.signature;
  };

/** Answers who signed a call, or why nobody did; `given` are the parameters of a call without a header for it. */
export const openAuthenticator = (clocks: readonly Clock[]) => {
  const isNow = (seconds: string): boolean =>
    /^\d{1,12}$/.test(seconds) &&
    clocks.some((clock) => Math.abs(clock.nowMs() - Number(seconds) * 1_000) <= timestampWindowMs);
  const [tc3, old] = [openTc3(isNow), openOld(isNow)];
  return (call: Call): Caller | Refusal => {
    const { authorization } = call.headers;
    return authorization === undefined ? old(call, readFormParameters(call)) : tc3(call, authorization);
  };
};
