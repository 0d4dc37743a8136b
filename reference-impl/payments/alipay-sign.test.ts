import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { isNoticeSignedBy, isSignedBy, signedText, signRequest } from './alipay-sign.ts';
import { privateKeyFrom, publicKeyFrom } from './keys.ts';
import { fromYuan, toYuan } from './yuan.ts';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

test('keys come as PEM or as base64 of the DER inside', () => {
  const pem = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
  const der = privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64');
  expect(privateKeyFrom(pem).equals(privateKeyFrom(der))).toBe(true);
  const spki = publicKey.export({ format: 'der', type: 'spki' }).toString('base64');
  const publicPem = publicKey.export({ format: 'pem', type: 'spki' }).toString();
  expect(publicKeyFrom(spki).equals(publicKeyFrom(publicPem))).toBe(true);
});

test('a request is signed over its sorted parameters without the empty ones', () => {
  const signature = signRequest({ b: '2', a: '1 &', empty: '' }, privateKey);
  expect(isSignedBy('a=1 &&b=2', signature, publicKey)).toBe(true);
});

test('a notice is verified without sign and sign_type, and rubbish is false', () => {
  const signature = sign('sha256', Buffer.from('a=%&b='), privateKey).toString('base64');
  const notice = new Map([
    ['sign_type', 'RSA2'],
    ['b', ''],
    ['a', '%'],
    ['sign', signature],
  ]);
  expect(isNoticeSignedBy(notice, publicKey)).toBe(true);
  expect(isNoticeSignedBy(new Map([...notice, ['sign', 'rubbish']]), publicKey)).toBe(false);
  expect(isNoticeSignedBy(new Map([...notice, ['c', 'added']]), publicKey)).toBe(false);
});

test.each([
  { answer: '{"x":{"a":1},"sign":"s"}', text: '{"a":1}' },
  { answer: '{"x":{"a":"}\\"}\\/","b":{"c":{}}},"sign":"s"}', text: '{"a":"}\\"}\\/","b":{"c":{}}}' },
  { answer: '{"x":{"a":1', text: undefined },
  { answer: '{"x":"a"}', text: undefined },
  { answer: '{"y":{"x":{}}}', text: undefined },
  { answer: '', text: undefined },
])('the signed text of $answer is $text', ({ answer, text }) => {
  expect(signedText(answer, 'x')).toBe(text);
});

describe('yuan', () => {
  test.each([
    ['0.01', 1n],
    ['10.00', 1000n],
    ['999999.99', 99_999_999n],
  ])('%s is %s fen, both ways', (yuan, amountMinor) => {
    expect([toYuan(amountMinor), fromYuan(yuan)]).toEqual([yuan, amountMinor]);
  });

  test.each(['', '-1.00', '1.001', '1e3', '10,000.00', ' 1.00', '1.', '.5', 'NaN', 88.88, null, '9'.repeat(40)])(
    '%j is no amount',
    (text) => {
      expect(fromYuan(text)).toBeUndefined();
    },
  );
});
