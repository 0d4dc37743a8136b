/** A platform certificate: X.509 with no more in it than SDKs read, signed by its own key, the same every time. */
import { createPublicKey, type KeyObject, sign } from 'node:crypto';

const tags = { integer: 0x02, bitString: 0x03, null: 0x05, oid: 0x06, utf8: 0x0c, utcTime: 0x17 } as const;
const sequenceTag = 0x30;
const setTag = 0x31;
const explicitVersionTag = 0xa0;

const lengthOf = (count: number): Buffer => {
  if (count < 0x80) return Buffer.from([count]);
  const bytes = Buffer.from(count.toString(16).padStart(count > 0xff ? 4 : 2, '0'), 'hex');
  return Buffer.concat([Buffer.from([0x80 | bytes.length]), bytes]);
};

const der = (tag: number, ...parts: Uint8Array[]): Buffer => {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag]), lengthOf(body.length), body]);
};

const commonNameOid = Buffer.from('550403', 'hex');
const sha256WithRsa = der(sequenceTag, der(tags.oid, Buffer.from('2a864886f70d01010b', 'hex')), der(tags.null));

const named = (commonName: string): Buffer =>
  der(
    sequenceTag,
    der(setTag, der(sequenceTag, der(tags.oid, commonNameOid), der(tags.utf8, Buffer.from(commonName)))),
  );

const utcTime = (iso: string): Buffer => der(tags.utcTime, Buffer.from(`${iso.replace(/\D/g, '').slice(2, 14)}Z`));

/** From when and until when it is valid, as RFC 3339 in UTC. */
export const validity = { from: '2026-01-01T00:00:00Z', until: '2031-01-01T00:00:00Z' } as const;

/** PEM of a certificate for the public half of `key`; `serial` is hexadecimal, and its first bit is 0. */
export const certificateOf = (key: KeyObject, serial: string): string => {
  const tbs = der(
    sequenceTag,
    der(explicitVersionTag, der(tags.integer, Buffer.from([2]))),
    der(tags.integer, Buffer.from(serial, 'hex')),
    sha256WithRsa,
    named('topple test CA'),
    der(sequenceTag, utcTime(validity.from), utcTime(validity.until)),
    named('topple test platform'),
    createPublicKey(key).export({ type: 'spki', format: 'der' }),
  );
  const signature = der(tags.bitString, Buffer.from([0]), sign('RSA-SHA256', tbs, key));
  const base64 = der(sequenceTag, tbs, sha256WithRsa, signature).toString('base64');
  const lines = base64.match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
};
