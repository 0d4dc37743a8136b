/** A certificate authority for one run of the mocks: its key is never written anywhere. */
import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { isIP } from 'node:net';
import { der, named, oid, pemOf, tags, utcTime } from '../der.ts';

/** What a TLS server needs, and the certificate that its clients have to trust; all PEM. */
export interface Authority {
  readonly caCertificate: string;
  readonly certificate: string;
  readonly key: string;
}

const ecdsaWithSha256 = der(tags.sequence, oid('2a8648ce3d040302'));
const oids = {
  subjectKeyId: '551d0e',
  keyUsage: '551d0f',
  subjectAltName: '551d11',
  basicConstraints: '551d13',
  authorityKeyId: '551d23',
  extendedKeyUsage: '551d25',
  serverAuth: '2b06010505070301',
} as const;
const yes = der(tags.boolean, Buffer.from([0xff]));

const extension = (id: string, value: Buffer, ...critical: readonly Buffer[]): Buffer =>
  der(tags.sequence, oid(id), ...critical, der(tags.octetString, value));

/** Which bits of a key's usage are set, from the first one on. */
const usage = (bits: number, unusedCount: number): Buffer =>
  extension(oids.keyUsage, der(tags.bitString, Buffer.from([unusedCount, bits])), yes);

const spkiOf = (key: KeyObject): Buffer => key.export({ type: 'spki', format: 'der' });
const keyIdOf = (key: KeyObject): Buffer => createHash('sha1').update(spkiOf(key)).digest();

interface Wanted {
  readonly name: string;
  readonly publicKey: KeyObject;
  readonly serialNumber: number;
  readonly extensions: readonly Buffer[];
}

const issuerName = 'topple mocks CA';

/** A certificate, signed by the authority's key; valid from a day before `nowMs` and for a year. */
const issued = (wanted: Wanted, ca: { publicKey: KeyObject; privateKey: KeyObject }, nowMs: number): string => {
  const dayMs = 86_400_000;
  const at = (days: number) => utcTime(new Date(nowMs + days * dayMs).toISOString());
  const authorityKeyId = der(tags.sequence, der(tags.authorityKeyId, keyIdOf(ca.publicKey)));
  const extensions = [
    ...wanted.extensions,
    extension(oids.subjectKeyId, der(tags.octetString, keyIdOf(wanted.publicKey))),
    extension(oids.authorityKeyId, authorityKeyId),
  ];
  const tbs = der(
    tags.sequence,
    der(tags.version, der(tags.integer, Buffer.from([2]))),
    der(tags.integer, Buffer.from([wanted.serialNumber])),
    ecdsaWithSha256,
    named(issuerName),
    der(tags.sequence, at(-1), at(365)),
    named(wanted.name),
    spkiOf(wanted.publicKey),
    der(tags.extensions, der(tags.sequence, ...extensions)),
  );
  const signature = der(tags.bitString, Buffer.from([0]), sign('sha256', tbs, ca.privateKey));
  return pemOf(der(tags.sequence, tbs, ecdsaWithSha256, signature));
};

const altName = (host: string): Buffer =>
  isIP(host) === 4
    ? der(tags.ipAddress, Buffer.from(host.split('.').map(Number)))
    : der(tags.dnsName, Buffer.from(host));

/** A new authority, and a certificate of it for all `hosts` (names and IPv4 addresses). */
export const makeAuthority = (hosts: readonly string[], nowMs: number): Authority => {
  const ca = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const server = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const [digitalSignature, certAndCrlSign] = [usage(0x80, 7), usage(0x06, 1)];
  const isCa = extension(oids.basicConstraints, der(tags.sequence, yes), yes);
  const noCa = extension(oids.basicConstraints, der(tags.sequence), yes);
  const forServers = extension(oids.extendedKeyUsage, der(tags.sequence, oid(oids.serverAuth)));
  const names = extension(oids.subjectAltName, der(tags.sequence, ...hosts.map(altName)));
  const own = { name: issuerName, publicKey: ca.publicKey, serialNumber: 1, extensions: [isCa, certAndCrlSign] };
  const leaf = { name: 'topple mocks', publicKey: server.publicKey, serialNumber: 2 };
  return {
    caCertificate: issued(own, ca, nowMs),
    certificate: issued({ ...leaf, extensions: [noCa, digitalSignature, forServers, names] }, ca, nowMs),
    key: server.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
};
