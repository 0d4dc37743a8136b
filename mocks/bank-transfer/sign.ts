/**
 * HTTP Message Signatures (RFC 9421) by Ed25519, and the digests of bodies that they cover (RFC 9530). What is signed
 * is one line per component, and the list of components with its parameters as the last one.
 */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  sign as signBytes,
  verify as verifyBytes,
} from 'node:crypto';
import type { Call } from '#harness/provider';

/** What one side signs with. */
export interface SigningKey {
  readonly id: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** What precedes the 32 bytes of an Ed25519 private key in PKCS #8 (RFC 8410, section 7). */
const pkcs8Prefix = Buffer.from('302e020100300506032b657004220420', 'hex');

/** The key of a name, always the same. Derived, so that no scanner finds a secret in the repository. */
export const keyOf = (name: string): SigningKey => {
  const seed = createHash('sha256').update(`topple bank-transfer ${name}`).digest();
  const privateKey = createPrivateKey({ key: Buffer.concat([pkcs8Prefix, seed]), format: 'der', type: 'pkcs8' });
  return { id: `${name}-key-1`, privateKey, publicKey: createPublicKey(privateKey) };
};

/** The value of `content-digest`. */
export const digestOf = (body: Uint8Array): string => `sha-256=:${createHash('sha256').update(body).digest('base64')}:`;

/** The value of a component by its name as it stands in the list, quotes and all; undefined where there is none. */
export type Component = (name: string) => string | undefined;

/** The components of a request. */
export const requestParts = ({ method, path, rawQuery, headers }: Omit<Call, 'query' | 'body'>): Component => {
  const derived: Readonly<Record<string, string | undefined>> = {
    '@method': method,
    '@authority': headers.host?.toLowerCase(),
    '@path': path,
    '@query': `?${rawQuery}`,
  };
  return (name) => {
    const plain = /^"([^"]+)"$/.exec(name)?.[1] ?? '';
    return plain.startsWith('@') ? derived[plain] : headers[plain]?.trim();
  };
};

const baseOf = (names: readonly string[], parameters: string, partOf: Component): string | undefined => {
  const lines = names.map((name) => ({ name, value: partOf(name) }));
  if (lines.some(({ value }) => value === undefined)) return undefined;
  const signed = lines.map(({ name, value }) => `${name}: ${value}`);
  return [...signed, `"@signature-params": ${parameters}`].join('\n');
};

/** The two fields that sign the components `names`; all of them have to be there. */
export const signatureFields = (
  names: readonly string[],
  partOf: Component,
  { id, privateKey }: SigningKey,
  atMs: number,
): { readonly 'Signature-Input': string; readonly Signature: string } => {
  const parameters = `(${names.join(' ')});created=${Math.trunc(atMs / 1_000)};keyid="${id}";alg="ed25519"`;
  const base = baseOf(names, parameters, partOf);
  if (base === undefined) throw new Error(`a message without one of ${names.join(' ')} cannot be signed`);
  const signature = signBytes(null, Buffer.from(base), privateKey).toString('base64');
  return { 'Signature-Input': `sig=${parameters}`, Signature: `sig=:${signature}:` };
};

/** A signature as it came, not verified yet. */
export interface Signed {
  readonly names: readonly string[];
  readonly keyId: string;
  readonly createdMs: number;
  isRightBy(key: KeyObject, partOf: Component): boolean;
}

const inputForm =
  /^\s*([a-z*][a-z0-9_.*-]*)=(\(((?:"[^"]+"(?: (?=")|(?=\))))*)\)((?:;[a-z]+=(?:"[^"]*"|\d{1,12}))*))\s*$/;
const parameterForm = /;([a-z]+)=(?:"([^"]*)"|(\d+))/g;

/** The one signature in the two fields; undefined when they are not there together, or cannot be read. */
export const readSignature = (input: string, signature: string): Signed | undefined => {
  const [, label = '', parameters = '', list = '', tail = ''] = inputForm.exec(input) ?? [];
  const [, signedLabel, base64 = ''] = /^\s*([^=\s]+)=:([A-Za-z0-9+/]+=*):\s*$/.exec(signature) ?? [];
  if (label === '' || label !== signedLabel) return undefined;
  const names = list === '' ? [] : list.split(' ');
  const given = new Map(Array.from(tail.matchAll(parameterForm), ([, name, text, digits]) => [name, text ?? digits]));
  const bytes = Buffer.from(base64, 'base64');
  const isEd25519 = (given.get('alg') ?? 'ed25519') === 'ed25519';
  return {
    names,
    keyId: given.get('keyid') ?? '',
    createdMs: Number(given.get('created') ?? Number.NaN) * 1_000,
    isRightBy: (key, partOf) => {
      const base = baseOf(names, parameters, partOf);
      const isWhole = base !== undefined && isEd25519 && bytes.toString('base64') === base64;
      return isWhole && new Set(names).size === names.length && verifyBytes(null, Buffer.from(base), key, bytes);
    },
  };
};
