/** Private keys of the identities that calls are drawn for. */
import { createPrivateKey, type KeyObject } from 'node:crypto';

const keys = new Map<string, KeyObject>();

/** The key in `pem`, parsed once: that takes longer than signing. Throws what `createPrivateKey` throws. */
export const keyOf = (pem: string): KeyObject => {
  const key = keys.get(pem) ?? createPrivateKey(pem);
  keys.set(pem, key);
  return key;
};
