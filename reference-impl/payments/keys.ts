/** RSA keys as payment providers hand them out. */
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';

/** A key as PEM, or as base64 of PKCS#8 (private). */
export const privateKeyFrom = (text: string): KeyObject =>
  text.includes('-----BEGIN')
    ? createPrivateKey(text)
    : createPrivateKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'pkcs8' });

/** A key as PEM, or as base64 of SubjectPublicKeyInfo. */
export const publicKeyFrom = (text: string): KeyObject =>
  text.includes('-----BEGIN')
    ? createPublicKey(text)
    : createPublicKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'spki' });
