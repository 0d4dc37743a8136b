/** HTTP Message Signatures (RFC 9421) by Ed25519 with our bank: what we send, and what is believed of what it sends. */
import { createHash, type KeyObject, sign, timingSafeEqual, verify } from 'node:crypto';

/** How old a signature of the bank may be, and how far ahead of our clock. */
const windowMs = 300_000;

const algorithm = 'alg="ed25519"';

/** The headers that a signature travels in, and what it covers of the body. */
export const bankSignatureHeaders = ['content-type', 'content-digest', 'signature-input', 'signature'] as const;

/** The headers of a query; the four components are what the bank wants signed. */
export const signedQuery = (url: URL, keyId: string, key: KeyObject, nowMs: number): Record<string, string> => {
  const created = Math.floor(nowMs / 1_000);
  const parameters = `("@method" "@authority" "@path" "@query");created=${created};keyid="${keyId}";${algorithm}`;
  const base = [
    '"@method": GET',
    `"@authority": ${url.host}`,
    `"@path": ${url.pathname}`,
    `"@query": ${url.search || '?'}`,
    `"@signature-params": ${parameters}`,
  ].join('\n');
  const signature = sign(null, Buffer.from(base), key).toString('base64');
  return { 'signature-input': `ours=${parameters}`, signature: `ours=:${signature}:` };
};

/** A message of the bank: its headers and body as they came. */
export interface BankMessage {
  readonly headers: { get(name: string): string | null };
  readonly body: Uint8Array;
}

/** What the bank is known by. */
export interface BankKey {
  readonly id: string;
  readonly key: KeyObject;
}

/** Why a message is not believed. */
export type BankProblem = 'malformed' | 'signature' | 'timestamp';

const isDigestOf = (body: Uint8Array, header: string): boolean => {
  const given = Buffer.from(/^sha-256=:([A-Za-z0-9+/]{43}=):$/.exec(header)?.[1] ?? '', 'base64');
  const digest = createHash('sha256').update(body).digest();
  return given.length === digest.length && timingSafeEqual(given, digest);
};

/** One signature, whose label both headers have. */
const inputForm = /^([a-z][a-z0-9_-]*)=(\(([^()]*)\);created=(\d{1,12});keyid="([^"]*)";alg="ed25519")$/;

/**
 * What is wrong with a message at `atMs`; undefined when the bank signed all of `parts`, each by its name as it stands
 * in a signature, and the body is what its digest says. The value '' stands for that of the header.
 */
export const bankProblemWith = (
  { headers, body }: BankMessage,
  parts: Readonly<Record<string, string>>,
  atMs: number,
  bank: BankKey,
): BankProblem | undefined => {
  const [, label, parameters = '', list = '', created = '', keyId] =
    inputForm.exec(headers.get('signature-input') ?? '') ?? [];
  const [, signedLabel, base64 = ''] = /^([^=]+)=:([A-Za-z0-9+/]+=*):$/.exec(headers.get('signature') ?? '') ?? [];
  if (label === undefined || label !== signedLabel) return 'malformed';
  const names = list.split(' ');
  const isWhole = names.length === Object.keys(parts).length && names.every((name) => Object.hasOwn(parts, name));
  if (keyId !== bank.id || !isWhole) return 'signature';
  const lines = names.map((name) => `${name}: ${parts[name] || headers.get(name.slice(1, -1)) || ''}`);
  const base = [...lines, `"@signature-params": ${parameters}`].join('\n');
  if (!verify(null, Buffer.from(base), bank.key, Buffer.from(base64, 'base64'))) return 'signature';
  if (!isDigestOf(body, headers.get('content-digest') ?? '')) return 'signature';
  return Math.abs(atMs - Number(created) * 1_000) <= windowMs ? undefined : 'timestamp';
};
