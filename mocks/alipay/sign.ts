/** What Alipay signs with RSA2 (SHA256withRSA, base64), and the keys of a merchant, the gateway and a stranger. */
import { createPublicKey, type KeyObject } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { readPrivateKey } from '../rsa.ts';

/** Parsed once per open provider: parsing a key costs more than signing with it. */
export interface Keys {
  /** The gateway's key, for answers and notices. */
  readonly gateway: KeyObject;
  /** The merchant's public key, for requests. */
  readonly app: KeyObject;
  /** PKCS8, as clients are configured with it. */
  readonly appPrivatePem: string;
  readonly gatewayPublicPem: string;
  /** Of somebody who is neither, and always the committed one: nothing is configured with it. */
  readonly stranger: KeyObject;
}

const committedKeys = fileURLToPath(new URL('./keys', import.meta.url));

/** Reads the keys of merchant and gateway from `keysDir`, or the committed ones; throws `unreadable-key`. */
export const loadKeys = (keysDir: string = committedKeys): Keys => {
  const gateway = readPrivateKey(keysDir, 'alipay-gateway-private-key.pem');
  const app = readPrivateKey(keysDir, 'alipay-app-private-key.pem');
  return {
    gateway,
    app: createPublicKey(app),
    appPrivatePem: app.export({ type: 'pkcs8', format: 'pem' }).toString(),
    gatewayPublicPem: createPublicKey(gateway).export({ type: 'spki', format: 'pem' }).toString(),
    stranger: readPrivateKey(committedKeys, 'stranger-private-key.pem'),
  };
};

/** The signed text: `name=value` sorted by name and joined with `&`, without empty values and the names left out. */
export const textToSign = (fields: ReadonlyMap<string, string>, leftOut: readonly string[]): string =>
  [...fields]
    .filter(([name, value]) => value !== '' && !leftOut.includes(name))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
