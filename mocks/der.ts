/** DER, as far as certificates of ours need it. */

/** The tags that are used: of ASN.1, then those that X.509 numbers itself. */
export const tags = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  utf8: 0x0c,
  utcTime: 0x17,
  sequence: 0x30,
  set: 0x31,
  authorityKeyId: 0x80,
  dnsName: 0x82,
  ipAddress: 0x87,
  version: 0xa0,
  extensions: 0xa3,
} as const;

/** One of them. */
export type Tag = (typeof tags)[keyof typeof tags];

const lengthOf = (count: number): Buffer => {
  if (count < 0x80) return Buffer.from([count]);
  const bytes = Buffer.from(count.toString(16).padStart(count > 0xff ? 4 : 2, '0'), 'hex');
  return Buffer.concat([Buffer.from([0x80 | bytes.length]), bytes]);
};

/** One value: its tag, its length, its parts one after the other. At most 65535 bytes. */
export const der = (tag: Tag, ...parts: readonly Uint8Array[]): Buffer => {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag]), lengthOf(body.length), body]);
};

/** An object identifier by the hexadecimal of its content. */
export const oid = (hex: string): Buffer => der(tags.oid, Buffer.from(hex, 'hex'));

/** A distinguished name of nothing but a common name. */
export const named = (commonName: string): Buffer =>
  der(tags.sequence, der(tags.set, der(tags.sequence, oid('550403'), der(tags.utf8, Buffer.from(commonName)))));

/** The moment of an ISO 8601 text, to the second. */
export const utcTime = (iso: string): Buffer =>
  der(tags.utcTime, Buffer.from(`${iso.replace(/\D/g, '').slice(2, 14)}Z`));

/** PEM of a certificate. */
export const pemOf = (certificate: Buffer): string => {
  const lines = certificate.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
};
