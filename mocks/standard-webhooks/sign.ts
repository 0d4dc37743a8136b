/**
 * Signatures of Standard Webhooks over `<id>.<seconds>.<body>`: `v1` is HMAC-SHA256 under the bytes behind `whsec_`,
 * `v1a` is Ed25519 under the key of `whpk_`; in base64, one after the other with spaces between.
 */
import { createHash, createHmac, createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import type { WebhookBytes } from '#harness/provider';

/** What a sender signs with, and what it tells receivers: `secret` as `whsec_…`, `publicKey` as `whpk_…`. */
export interface SigningKeys {
  readonly secret: string;
  readonly publicKey: string;
  readonly privateKey: KeyObject;
}

/** What precedes the 32 bytes of an Ed25519 private key in PKCS #8 (RFC 8410, section 7). */
const pkcs8Prefix = Buffer.from('302e020100300506032b657004220420', 'hex');
const rawKeyBytes = 32;

/** The keys of a name, always the same. Derived, so that no scanner finds a secret in the repository. */
export const keysOf = (name: string): SigningKeys => {
  const bytes = (use: string): Buffer =>
    createHash('sha256').update(`topple standard-webhooks ${name} ${use}`).digest();
  const der = Buffer.concat([pkcs8Prefix, bytes('ed25519')]);
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  return { secret: `whsec_${bytes('hmac').toString('base64')}`, publicKey: publicKeyOf(privateKey), privateKey };
};

/** The public half of an Ed25519 key, as receivers are told it. */
export const publicKeyOf = (privateKey: KeyObject): string => {
  const der = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  return `whpk_${der.subarray(-rawKeyBytes).toString('base64')}`;
};

/** The value of `webhook-signature`: both schemes under each of `keys`, in their order. */
export const signatureHeader = (
  { id, atMs, body }: { readonly id: string; readonly atMs: number; readonly body: Uint8Array },
  keys: readonly SigningKeys[],
): string => {
  const signed = Buffer.concat([Buffer.from(`${id}.${Math.trunc(atMs / 1_000)}.`), body]);
  const signatures = keys.flatMap(({ secret, privateKey }) => [
    `v1,${createHmac('sha256', Buffer.from(secret.slice('whsec_'.length), 'base64'))
      .update(signed)
      .digest('base64')}`,
    `v1a,${sign(null, signed, privateKey).toString('base64')}`,
  ]);
  return signatures.join(' ');
};

/** The keys of the provider over time. */
export interface KeyRing {
  readonly current: SigningKeys;
  /** The current ones, then those that were replaced less than a day ago. */
  live(): readonly SigningKeys[];
  /** Makes new ones current; those before them retire, and those before these are gone at once. */
  rotate(): SigningKeys;
}

/** What a receiver is configured with, as the mock's identity names it. */
export const issuedBy = ({ current }: KeyRing) => ({
  webhookSecret: current.secret,
  webhookPublicKey: current.publicKey,
});

/** Whether the newest keys of `ring` have signed a webhook. */
export const hasSigned = ({ current }: KeyRing, { headers, body }: WebhookBytes): boolean => {
  const atMs = Number(headers['webhook-timestamp']) * 1_000;
  const [own = ''] = signatureHeader({ id: headers['webhook-id'] ?? '', atMs, body }, [current]).split(' ');
  return (headers['webhook-signature'] ?? '').split(' ').includes(own);
};

/** How a key ring begins: with keys of its name, or with `first`; replaced ones retire for `retiringMs` of `nowMs`. */
interface KeyRingStart {
  readonly nowMs: () => number;
  readonly retiringMs: number;
  readonly name?: string;
  readonly first?: SigningKeys;
}

/** The first keys are current. */
export const openKeyRing = ({ nowMs, retiringMs, name = '', first }: KeyRingStart): KeyRing => {
  let count = 1;
  let current = first ?? keysOf(`${name}1`);
  let retiring: { readonly keys: SigningKeys; readonly untilMs: number } | undefined;
  return {
    get current() {
      return current;
    },
    live: () => (retiring !== undefined && nowMs() < retiring.untilMs ? [current, retiring.keys] : [current]),
    rotate: () => {
      retiring = { keys: current, untilMs: nowMs() + retiringMs };
      count += 1;
      current = keysOf(`${name}${count}`);
      return current;
    },
  };
};
