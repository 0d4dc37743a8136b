import { describe, expect, test } from 'vitest';
import { answeredBy, isToldBy } from './contract.ts';
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

  test('says of every code where it is answered, and of no other', () => {
    const { everywhere, own, byRequest } = contracts[id].refusedAt;
    const places = [...providers[id].operations, undefined];
    const answered = [...new Set([...places.flatMap((one) => answeredBy(contracts[id], one)), ...byRequest])];
    expect(answered.filter((code) => !errors.some((row) => isToldBy(row, code)))).toEqual([]);
    expect(errors.filter((row) => !answered.some((code) => isToldBy(row, code)))).toEqual([]);
    const named = [...everywhere.operations, ...Object.keys(own)];
    expect(named.filter((one) => !providers[id].operations.includes(one))).toEqual([]);
  });

  test('says it of an operation once', () => {
    const { everywhere, own } = contracts[id].refusedAt;
    for (const [operation, codes] of Object.entries(own)) {
      const all = [...codes, ...(everywhere.operations.includes(operation) ? everywhere.codes : [])];
      expect({ operation, codes: all.toSorted() }).toEqual({ operation, codes: [...new Set(all)].sort() });
    }
  });

  test('has a schedule where webhooks are sent, and hosts that are no others', () => {
    expect(delivery !== undefined).toBe(providers[id].serves === 'payment');
    const others = Object.entries(hosts).flatMap(([other, names]) => (other === id ? [] : names));
    expect(hosts[id].filter((host) => others.includes(host))).toEqual([]);
  });
});
