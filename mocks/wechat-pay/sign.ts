/** WeChat Pay's signatures (SHA256withRSA over lines) and its AEAD (AES-256-GCM under the APIv3 key). */
import { createCipheriv, createDecipheriv, createPublicKey, type KeyObject } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { Clock } from '#harness/clock';
import type { Call } from '#harness/provider';
import { readPrivateKey, signText, verifyText } from '../rsa.ts';
import { merchant, type Refusal, refusals, timestampWindowMs } from './quirks.ts';

/** Parsed once per open provider. */
export interface Keys {
  /** The platform's key, for answers and notices. */
  readonly platform: KeyObject;
  /** The merchant's key, whose public half verifies requests. */
  readonly merchant: KeyObject;
  readonly merchantPublic: KeyObject;
}

const committedKeys = fileURLToPath(new URL('./keys', import.meta.url));

/** Reads both keys from `keysDir`, or the committed ones; throws `unreadable-key`. */
export const loadKeys = (keysDir: string = committedKeys): Keys => {
  const own = readPrivateKey(keysDir, 'wechat-pay-merchant-private-key.pem');
  const platform = readPrivateKey(keysDir, 'wechat-pay-platform-private-key.pem');
  return { platform, merchant: own, merchantPublic: createPublicKey(own) };
};

/** By which the merchant verifies: the id of a public key, or the serial number of a certificate. */
export const platformSerialFor = (mchid: string): string =>
  mchid === merchant.certificateMchid ? merchant.platformSerial : merchant.publicKeyId;

/** The headers that make a body authentic; `nowMs` is real time, since SDKs compare it with their own clock. */
export const signedHeaders = (
  body: string,
  { nowMs, nonce, serial, key }: { nowMs: number; nonce: string; serial: string; key: KeyObject },
): Readonly<Record<string, string>> => {
  const timestamp = String(Math.trunc(nowMs / 1_000));
  return {
    'Wechatpay-Nonce': nonce,
    'Wechatpay-Serial': serial,
    'Wechatpay-Signature': signText(`${timestamp}\n${nonce}\n${body}\n`, key),
    'Wechatpay-Signature-Type': 'WECHATPAY2-SHA256-RSA2048',
    'Wechatpay-Timestamp': timestamp,
  };
};

const fieldsOf = (authorization: string): ReadonlyMap<string, string> => {
  const [scheme, rest = ''] = authorization.split(/ (.*)/s, 2);
  if (scheme !== 'WECHATPAY2-SHA256-RSA2048') return new Map();
  return new Map(Array.from(rest.matchAll(/(\w+)="([^"]*)"/g), ([, name = '', value = '']) => [name, value]));
};

/** The merchant who signed a call, or why it is nobody's. A time may be near either clock, as with scaled ones. */
export const openAuthenticator =
  (keys: Keys, clocks: readonly Clock[]): ((call: Call) => { readonly mchid: string } | Refusal) =>
  (call) => {
    const given = fieldsOf(call.headers.authorization ?? '');
    const [mchid, nonce, timestamp, serial, signature] = [
      'mchid',
      'nonce_str',
      'timestamp',
      'serial_no',
      'signature',
    ].map((name) => given.get(name) ?? '');
    if (!mchid || !nonce || !timestamp || !serial || !signature) return refusals.authorization;
    const sentMs = /^\d{10}$/.test(timestamp) ? Number(timestamp) * 1_000 : Number.NaN;
    if (!clocks.some((clock) => Math.abs(clock.nowMs() - sentMs) <= timestampWindowMs)) return refusals.timestamp;
    if (mchid !== merchant.mchid && mchid !== merchant.certificateMchid) return refusals.signature;
    if (serial !== merchant.merchantSerial) return refusals.serial;
    const target = call.rawQuery === '' ? call.path : `${call.path}?${call.rawQuery}`;
    const text = `${call.method}\n${target}\n${timestamp}\n${nonce}\n${Buffer.from(call.body).toString()}\n`;
    return verifyText(text, signature, keys.merchantPublic) ? { mchid } : refusals.signature;
  };

const tagLengthBytes = 16;

/** What the vendor calls a resource: base64 of cipher text and tag. `nonce` is 12 ASCII characters. */
export const seal = (plain: string, key: string, nonce: string, associatedData: string): string => {
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(associatedData));
  return Buffer.concat([cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString('base64');
};

/** The plain text of a resource; throws when it is not authentic. */
export const unseal = (ciphertext: string, key: string, nonce: string, associatedData: string): string => {
  const bytes = Buffer.from(ciphertext, 'base64');
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: tagLengthBytes });
  decipher.setAuthTag(bytes.subarray(-tagLengthBytes)).setAAD(Buffer.from(associatedData));
  return Buffer.concat([decipher.update(bytes.subarray(0, -tagLengthBytes)), decipher.final()]).toString();
};
