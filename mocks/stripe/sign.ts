/** Stripe's webhook signature: HMAC-SHA256 over `<time>.<body>` under the whole `whsec_…` text, in hexadecimal. */
import { createHmac } from 'node:crypto';

/** The value of `Stripe-Signature`. Test notices carry a `v0` as well, which is no signature (D). */
export const signatureHeader = (body: string, nowMs: number, secret: string): string => {
  const timestamp = Math.trunc(nowMs / 1_000);
  const v1 = createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex');
  return `t=${timestamp},v1=${v1},v0=${'0'.repeat(64)}`;
};
