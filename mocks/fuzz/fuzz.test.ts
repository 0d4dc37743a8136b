import { describe, expect, test } from 'vitest';
import { type GrantedCredit, noFaults, type OpenProvider } from '#harness/provider';
import { type FuzzTarget, fuzz, unmet, unmetAnswers } from './fuzz.ts';
import { fuzzTargets } from './targets.ts';

/** Longer than signing thousands of calls takes on any machine. */
const patience = 600_000;

/** `npm run fuzz -- --calls 100000` sends more. */
const asked = { seed: 'kept', calls: 6_000 };

describe.each(Object.entries(fuzzTargets))('%s', (_, target) => {
  test('answers all, grants only what was signed, and meets every code and operation', { timeout: patience }, () => {
    const report = fuzz(target, asked);
    expect(report.breaches).toEqual([]);
    expect(report.signed).toBeGreaterThan(asked.calls * 0.45);
    expect(report.granted).toBeGreaterThan(100);
    expect(unmet(target, report)).toEqual([]);
  });
});

test.each(['alipay', 'bank-transfer', 'standard-webhooks', 'stripe', 'tencent-cloud', 'wechat-pay'])(
  'the same seed sends the same to %s',
  (id) => {
    const target = fuzzTargets[id] ?? expect.unreachable();
    const [one, other] = [1, 2].map(() => fuzz(target, { seed: 'twice', calls: 300 }));
    expect(one).toEqual(other);
    expect(fuzz(target, { seed: 'other', calls: 300 }).met).not.toEqual(one?.met);
  },
);

describe('what the fuzzer finds', () => {
  const target = fuzzTargets['huawei-cloud'] ?? expect.unreachable();
  const grant: GrantedCredit = {
    id: 'partner-1',
    provider: 'huawei-cloud',
    cloudAccount: 'c1',
    reference: '',
    amountMinor: 1n,
    currency: 'CNY',
    atMs: 0,
  };

  /** The target with a provider that `change` has made worse. */
  const worse = (change: (open: OpenProvider) => OpenProvider, more: Partial<FuzzTarget> = {}): FuzzTarget => ({
    ...target,
    provider: { ...target.provider, open: (ports) => change(target.provider.open(ports)) },
    ...more,
  });
  const breachesOf = (bad: FuzzTarget) => fuzz(bad, { seed: 'found', calls: 200 }).breaches.join('\n');

  test('a mock that throws', () => {
    const bad = worse((open) => ({ ...open, handle: () => expect.unreachable('boom') }));
    expect(breachesOf(bad)).toContain('boom');
  });

  test('a mock that grants what nobody signed', () => {
    const bad = worse((open) => {
      let calls = 0;
      const handle: OpenProvider['handle'] = (call) => {
        calls += 1;
        return open.handle(call);
      };
      return { ...open, handle, records: () => ({ ...open.records(), grants: Array(calls).fill(grant) }) };
    });
    expect(breachesOf(bad)).toContain('granted or changed although it was');
  });

  test('a mock at which a stranger uses up what was asked for, or nobody does', () => {
    const point = { operation: '', reference: '', nth: 1, sinceFirstMs: 0 };
    const open = (ask: boolean): FuzzTarget['provider']['open'] => {
      return (ports) => {
        const provider = target.provider.open({ ...ports, site: noFaults });
        const handle: OpenProvider['handle'] = (call) => {
          if (ask) ports.site.onCall(point);
          return provider.handle(call);
        };
        return { ...provider, handle };
      };
    };
    const breachesWith = (ask: boolean) => breachesOf({ ...target, provider: { ...target.provider, open: open(ask) } });
    expect(breachesWith(true)).toContain('met what was asked for although it was');
    expect(breachesWith(false)).toContain('met nothing that was asked for');
  });

  test('a payment provider at which anybody can change an order', () => {
    const payments = fuzzTargets.stripe ?? expect.unreachable();
    const open: FuzzTarget['provider']['open'] = (ports) => {
      const provider = payments.provider.open(ports);
      const { secretKey } = provider.identity;
      const believed = (headers: object) => ({ ...headers, authorization: `Bearer ${secretKey}` });
      return { ...provider, handle: (call) => provider.handle({ ...call, headers: believed(call.headers) }) };
    };
    const drawSigned: FuzzTarget['drawSigned'] = ({ identity, isRight }) => ({
      method: 'POST',
      path: '/v1/payment_intents',
      query: new URLSearchParams(),
      rawQuery: '',
      headers: { authorization: `Bearer ${isRight ? identity.secretKey : 'wrong'}` },
      body: Buffer.from('amount=100&currency=usd'),
    });
    const bad = { ...payments, drawSigned, provider: { ...payments.provider, open } };
    expect(breachesOf(bad)).toContain('granted or changed although it was');
  });

  test('an answer that was never met, by its operation, and a code that nothing answered', () => {
    const report = fuzz(target, { seed: 'found', calls: 9_000 });
    expect(unmetAnswers(target, report)).toEqual([]);
    const [operation = ''] = target.provider.operations;
    const without = (gone: string, at: readonly string[]) =>
      new Map(
        [...report.met].map(([one, codes]) => [
          one,
          new Map([...codes].filter(([code]) => code !== gone || !at.includes(one))),
        ]),
      );
    const once = { ...report, met: without('APIG.0301', [operation]) };
    expect(unmetAnswers(target, once)).toEqual([`${operation} APIG.0301`]);
    expect(unmet(target, once)).toEqual([]);
    expect(unmet(target, { ...report, met: without('APIG.0301', target.provider.operations) })).toEqual(['APIG.0301']);
    expect(unmet(target, { ...report, met: without('ok', [operation]) })).toEqual([`${operation} ok`]);
  });

  test('an answer of which the contract does not tell', () => {
    const bad = worse((open) => ({
      ...open,
      handle: (call) => {
        const reply = open.handle(call);
        return 'cut' in reply ? reply : { ...reply, body: Buffer.from('{"error_code":"CBC.1","error_msg":"new"}') };
      },
    }));
    expect(breachesOf({ ...bad, heldMinor: () => undefined })).toContain('answered CBC.1, of which its contract');
  });

  test('a customer who has something else than was granted', () => {
    expect(breachesOf(worse((open) => open, { heldMinor: () => -1n }))).toMatch(/was granted \d+ and has -1/);
  });

  test('an answer that is none of the vendor’s', () => {
    const bad = worse(
      (open) => ({
        ...open,
        handle: (call) => {
          const reply = open.handle(call);
          return 'cut' in reply ? reply : { ...reply, body: Buffer.from('<html>') };
        },
      }),
      { heldMinor: () => undefined },
    );
    expect(breachesOf(bad)).toContain('not valid JSON');
  });
});
