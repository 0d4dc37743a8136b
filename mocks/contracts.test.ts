import { describe, expect, test } from 'vitest';
import { contracts } from './contracts.ts';
import { hosts } from './hosts.ts';
import { providers } from './index.ts';

describe.each(Object.keys(providers) as (keyof typeof providers)[])('the contract of %s', (id) => {
  const { signatures, idempotency, errors, delivery } = contracts[id];

  test('says of everything how it is known', () => {
    for (const { about, says, known } of [...signatures, ...idempotency]) {
      expect({ about, says: says.length > 0 }).toEqual({ about, says: true });
      expect(known).toMatch(/\b[RSDMC]\b/);
    }
  });

  test('has every refusal once, with a code and words', () => {
    expect(errors.length).toBeGreaterThan(5);
    for (const { status, code, message } of errors) {
      expect(status).toBeGreaterThanOrEqual(200);
      expect(`${code} ${message}`).not.toContain('undefined');
    }
  });

  test('names codes and operations that there are, where a code may come from each of several', () => {
    const { codes, operations } = contracts[id].everywhere;
    expect(codes.filter((code) => !errors.some((one) => one.code === code))).toEqual([]);
    expect(operations.filter((one) => !providers[id].operations.includes(one))).toEqual([]);
  });

  test('has a schedule where webhooks are sent, and hosts that are no others', () => {
    expect(delivery !== undefined).toBe(providers[id].serves === 'payment');
    const others = Object.entries(hosts).flatMap(([other, names]) => (other === id ? [] : names));
    expect(hosts[id].filter((host) => others.includes(host))).toEqual([]);
  });
});
