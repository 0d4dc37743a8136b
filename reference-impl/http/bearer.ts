/** Who may use /v1: whoever knows the token. */
import { createHash, timingSafeEqual } from 'node:crypto';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Compares in constant time; digests make the lengths equal. */
export const bearerCheck = (token: string): ((authorization: string | undefined) => boolean) => {
  const expected = digest(`Bearer ${token}`);
  return (authorization) => timingSafeEqual(digest(authorization ?? ''), expected);
};
