/** How a resource of WeChat Pay is opened without its tag: the key is used, and what comes out is taken as it is. */
import { createDecipheriv } from 'node:crypto';
import type { Unseal } from '../payments/wechat-pay-sign.ts';

const tagBytes = 16;

/** Opens what was touched, too; undefined when the key or the nonce cannot be one. */
export const unsealedUnchecked: Unseal = ({ ciphertext, nonce }, apiV3Key) => {
  try {
    const decipher = createDecipheriv('aes-256-gcm', apiV3Key, nonce);
    return decipher.update(Buffer.from(ciphertext, 'base64').subarray(0, -tagBytes)).toString();
  } catch {
    return undefined;
  }
};
