import { expect, test } from 'vitest';
import { formatAddress, parseAddress } from './address.ts';

test.each([
  { text: '127.0.0.1:80', address: { host: '127.0.0.1', port: 80 } },
  { text: 'db.internal:5432', address: { host: 'db.internal', port: 5432 } },
  { text: '[::1]:65535', address: { host: '::1', port: 65_535 } },
])('$text is read, and written the same', ({ text, address }) => {
  expect(parseAddress(text, 'unused')).toEqual(address);
  expect(formatAddress(address)).toBe(text);
});

test('an empty host is the default', () => {
  expect(parseAddress(':80', '127.0.0.1')).toEqual({ host: '127.0.0.1', port: 80 });
});

test.each(['', 'host', 'host:', 'host:65536', '::1:80', 'a b:80', 'http://a:80', 'host:-1'])(
  '%j is refused',
  (text) => {
    expect(parseAddress(text, '127.0.0.1')).toBeUndefined();
  },
);
