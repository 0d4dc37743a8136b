import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { recordingDelivery, step } from '../test-ports.ts';
import { isSignedBy, ordered, verifiedBy } from './test-sdk.ts';

const secret = `whsec_${Buffer.from('a secret of one merchant, 32 bytes').toString('base64')}`;
const pemOf = (type: 'ed25519' | 'rsa') => {
  const { privateKey } =
    type === 'rsa' ? generateKeyPairSync('rsa', { modulusLength: 2048 }) : generateKeyPairSync(type);
  return privateKey.export({ type: 'pkcs8', format: 'pem' });
};

const folder = (files: Readonly<Record<string, string | Buffer>>): string => {
  const dir = mkdtempSync(join(tmpdir(), 'topple-keys-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text);
  return dir;
};

const [secretFile, keyFile] = ['standard-webhooks-secret.txt', 'standard-webhooks-private-key.pem'];

test.each([
  { own: 'both', files: { [secretFile]: `${secret}\n`, [keyFile]: pemOf('ed25519') } },
  { own: 'the secret', files: { [secretFile]: secret } },
  { own: 'the private key', files: { [keyFile]: pemOf('ed25519') } },
  { own: 'neither', files: {} },
])('keys of a folder that has $own sign both ways', async ({ files }) => {
  const { sent, deliver } = recordingDelivery({ status: 200, body: '' });
  const { clock, hand, identity } = ordered({ deliver, keysDir: folder(files) });
  const { identity: committed } = ordered();
  hand.deeds.pay?.('T1');
  await step(clock, 0);
  const genuine = sent.at(-1) ?? expect.unreachable();
  expect(identity.webhookSecret).toBe(secretFile in files ? secret : committed.webhookSecret);
  expect(identity.webhookPublicKey === committed.webhookPublicKey).toBe(!(keyFile in files));
  expect(verifiedBy(identity.webhookSecret, genuine, clock.nowMs()).type).toBe('payment.succeeded');
  expect(isSignedBy(identity.webhookPublicKey, genuine)).toBe(true);
});

test.each([
  { what: 'no secret', files: { [secretFile]: 'secret' } },
  { what: 'a short secret', files: { [secretFile]: `whsec_${Buffer.from('short').toString('base64')}` } },
  { what: 'a key of RSA', files: { [keyFile]: pemOf('rsa') } },
  { what: 'no key', files: { [keyFile]: 'key' } },
])('$what is refused', ({ files }) => {
  const keysDir = folder(files);
  expect(() => ordered({ keysDir })).toThrow(expect.objectContaining({ code: 'unreadable-secret' }));
});
