/** Keys of one's own: what `--keys DIR` may hold for this provider. */
import { createPrivateKey } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mockErrors } from '#harness/mock-errors';
import { keysOf, publicKeyOf, type SigningKeys } from './sign.ts';

/** Bounds of a secret in bytes (D). */
const secretBytes = { min: 24, max: 512 } as const;

const secretFile = 'standard-webhooks-secret.txt';
const keyFile = 'standard-webhooks-private-key.pem';

const readSecret = (path: string): string => {
  const secret = readFileSync(path, 'utf8').trim();
  const [, base64 = ''] = /^whsec_([\w+/]+=*)$/.exec(secret) ?? [];
  const lengthBytes = Buffer.from(base64, 'base64').length;
  if (lengthBytes < secretBytes.min || lengthBytes > secretBytes.max)
    throw new TypeError(`it holds no whsec_ with base64 of ${secretBytes.min} to ${secretBytes.max} bytes`);
  return secret;
};

const readEd25519 = (path: string): Pick<SigningKeys, 'privateKey' | 'publicKey'> => {
  const privateKey = createPrivateKey(readFileSync(path));
  if (privateKey.asymmetricKeyType !== 'ed25519') throw new TypeError(`its type is ${privateKey.asymmetricKeyType}`);
  return { privateKey, publicKey: publicKeyOf(privateKey) };
};

const readFrom = <T>(folder: string, name: string, read: (path: string) => T): T | undefined => {
  const path = join(folder, name);
  if (!existsSync(path)) return undefined;
  try {
    return read(path);
  } catch (cause) {
    throw mockErrors.unreadableSecret(path, cause);
  }
};

/**
 * The first keys of the merchant: from `keysDir` the secret (`standard-webhooks-secret.txt`) and the Ed25519 key
 * (`standard-webhooks-private-key.pem`), either of which may be missing, else derived ones; throws `unreadable-secret`.
 */
export const loadKeys = (keysDir: string | undefined): SigningKeys => {
  const own = keysOf('1');
  if (keysDir === undefined) return own;
  const secret = readFrom(keysDir, secretFile, readSecret) ?? own.secret;
  return { ...own, ...readFrom(keysDir, keyFile, readEd25519), secret };
};
