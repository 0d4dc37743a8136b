/** WeChat Pay's APIv3 signatures (SHA256withRSA over lines), and the seal on its notices (AES-256-GCM). */
import { createDecipheriv, type KeyObject, sign, verify } from 'node:crypto';

/** Who signs our requests. */
export interface Signer {
  readonly merchantId: string;
  readonly merchantSerial: string;
  readonly key: KeyObject;
}

/** The `Authorization` of a request; `target` is path and query as they are sent. */
export const authorizationFor = (
  request: { readonly method: string; readonly target: string; readonly body: string },
  { nowMs, nonce }: { readonly nowMs: number; readonly nonce: string },
  { merchantId, merchantSerial, key }: Signer,
): string => {
  const timestamp = Math.trunc(nowMs / 1_000);
  const text = `${request.method}\n${request.target}\n${timestamp}\n${nonce}\n${request.body}\n`;
  const fields = {
    mchid: merchantId,
    nonce_str: nonce,
    timestamp,
    serial_no: merchantSerial,
    signature: sign('sha256', Buffer.from(text), key).toString('base64'),
  };
  const claims = Object.entries(fields).map(([name, value]) => `${name}="${value}"`);
  return `WECHATPAY2-SHA256-RSA2048 ${claims.join(',')}`;
};

/** The headers that make a body authentic. */
export const signatureHeaders: readonly string[] = [
  'wechatpay-timestamp',
  'wechatpay-nonce',
  'wechatpay-serial',
  'wechatpay-signature',
];

/** Where they are looked for. */
export interface SignedHeaders {
  get(name: string): string | null;
}

/** By which of WeChat Pay's keys we verify. */
export interface PlatformKey {
  readonly id: string;
  readonly key: KeyObject;
}

/** How far a signature's time may be from ours, either way (D). */
const windowMs = 300_000;

/** What is wrong with a signature; a probe is a bad signature that WeChat Pay sends on purpose, to see it refused. */
export type SignatureProblem = 'signature' | 'timestamp' | 'probe';

/** Whether `body` was signed by WeChat Pay near `nowMs`; undefined when it was. Rubbish is a problem, never thrown. */
export const problemWith = (
  body: string,
  headers: SignedHeaders,
  nowMs: number,
  { id, key }: PlatformKey,
): SignatureProblem | undefined => {
  const [timestamp = '', nonce = '', serial = '', signature = ''] = signatureHeaders.map(
    (name) => headers.get(name) ?? '',
  );
  if (signature.startsWith('WECHATPAY/SIGNTEST/')) return 'probe';
  const text = Buffer.from(`${timestamp}\n${nonce}\n${body}\n`);
  if (serial !== id || !verify('sha256', text, key, Buffer.from(signature, 'base64'))) return 'signature';
  const signedMs = /^\d{1,12}$/.test(timestamp) ? Number(timestamp) * 1_000 : Number.NaN;
  return Math.abs(nowMs - signedMs) <= windowMs ? undefined : 'timestamp';
};

const tagBytes = 16;

/** A resource as it travels; the cipher text is base64 and ends with the tag. */
export interface Sealed {
  readonly ciphertext: string;
  readonly nonce: string;
  readonly associatedData: string;
}

/** The text of a sealed resource; undefined when it was not sealed for whoever has this key, or was touched since. */
export type Unseal = (sealed: Sealed, apiV3Key: string) => string | undefined;

/** Checks the tag. */
export const unsealed: Unseal = (sealed, apiV3Key) => {
  const bytes = Buffer.from(sealed.ciphertext, 'base64');
  try {
    const decipher = createDecipheriv('aes-256-gcm', apiV3Key, sealed.nonce, { authTagLength: tagBytes });
    decipher.setAuthTag(bytes.subarray(-tagBytes)).setAAD(Buffer.from(sealed.associatedData));
    // `final` is what checks the tag; without it a changed amount would pass.
    return Buffer.concat([decipher.update(bytes.subarray(0, -tagBytes)), decipher.final()]).toString();
  } catch {
    return undefined;
  }
};
