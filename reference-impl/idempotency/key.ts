/** The header by which a client names its intent, so that it may repeat a request without repeating its effect. */
import { createHash } from 'node:crypto';

/** 1 to 255 visible ASCII characters, bare or in double quotes; undefined when the header is missing or malformed. */
export const keyIn = (header: string | undefined): string | undefined => {
  const bare = header?.trim().replace(/^"(.*)"$/, '$1') ?? '';
  return /^[\x21-\x7e]{1,255}$/.test(bare) ? bare : undefined;
};

/** Equal for equal requests: what the key stands for, so that the same key cannot be used for something else. */
export const fingerprintOf = (terms: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(terms)).digest('hex');
