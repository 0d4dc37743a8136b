/** SHA256withRSA in base64, as Alipay and WeChat Pay sign, and the files that keys come from. */
import { createPrivateKey, type KeyObject, sign, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mockErrors } from '#harness/mock-errors';

/** The private RSA key in a PEM file; throws `unreadable-key`. */
export const readPrivateKey = (folder: string, name: string): KeyObject => {
  const path = join(folder, name);
  try {
    const key = createPrivateKey(readFileSync(path));
    if (key.asymmetricKeyType !== 'rsa') throw new TypeError(`its type is ${key.asymmetricKeyType}`);
    return key;
  } catch (cause) {
    throw mockErrors.unreadableKey(path, cause);
  }
};

/** Base64 of the signature over the UTF-8 bytes of `text`. */
export const signText = (text: string, key: KeyObject): string =>
  sign('RSA-SHA256', Buffer.from(text), key).toString('base64');

/** False for any signature that does not match, rubbish included, and for base64 with anything around it. */
export const verifyText = (text: string, signature: string, key: KeyObject): boolean => {
  const bytes = Buffer.from(signature, 'base64');
  return bytes.toString('base64') === signature && verify('RSA-SHA256', Buffer.from(text), key, bytes);
};
