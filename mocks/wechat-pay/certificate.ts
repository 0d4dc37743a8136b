/** A platform certificate: X.509 with no more in it than SDKs read, signed by its own key, the same every time. */
import { createPublicKey, type KeyObject, sign } from 'node:crypto';
import { der, named, oid, pemOf, tags, utcTime } from '../der.ts';

const sha256WithRsa = der(tags.sequence, oid('2a864886f70d01010b'), der(tags.null));

/** From when and until when it is valid, as RFC 3339 in UTC. */
export const validity = { from: '2026-01-01T00:00:00Z', until: '2031-01-01T00:00:00Z' } as const;

/** PEM of a certificate for the public half of `key`; `serial` is hexadecimal, and its first bit is 0. */
export const certificateOf = (key: KeyObject, serial: string): string => {
  const tbs = der(
    tags.sequence,
    der(tags.version, der(tags.integer, Buffer.from([2]))),
    der(tags.integer, Buffer.from(serial, 'hex')),
    sha256WithRsa,
    named('topple test CA'),
    der(tags.sequence, utcTime(validity.from), utcTime(validity.until)),
    named('topple test platform'),
    createPublicKey(key).export({ type: 'spki', format: 'der' }),
  );
  const signature = der(tags.bitString, Buffer.from([0]), sign('RSA-SHA256', tbs, key));
  return pemOf(der(tags.sequence, tbs, sha256WithRsa, signature));
};
