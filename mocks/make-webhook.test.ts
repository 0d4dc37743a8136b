import { describe, expect, test } from 'vitest';
import { providers } from './index.ts';
import { describeWebhooks, makeWebhook, type WantedWebhook } from './make-webhook.ts';

const nowMs = 1_767_225_600_000;
const wanted = (change: Partial<WantedWebhook> = {}): WantedWebhook => ({
  kind: 'paid',
  reference: 'T00001',
  amount: '88.88',
  url: 'http://merchant.test/',
  tamper: undefined,
  ...change,
});
const bytesOf = ({ webhook }: ReturnType<typeof makeWebhook>) =>
  `${JSON.stringify(webhook.headers)}\n${Buffer.from(webhook.body)}`;

describe.each(Object.values(providers).filter(({ serves }) => serves === 'payment'))('$id', (provider) => {
  const { kinds, tampers } = describeWebhooks(provider, nowMs, undefined);

  test.each(kinds)('sends a webhook "%s" that no other one equals, the same at the same moment', (kind) => {
    const made = makeWebhook(provider, wanted({ kind }), nowMs, undefined);
    expect(made.webhook).toMatchObject({ url: 'http://merchant.test/', reference: 'T00001', attempt: 1 });
    expect(made.acknowledged({ status: 500, body: 'success' })).toBe(false);
    expect(made.acknowledged({ status: 200, body: 'success' })).toBe(true);
    expect(bytesOf(makeWebhook(provider, wanted({ kind }), nowMs, undefined))).toBe(bytesOf(made));
    const { webhook: later } = makeWebhook(provider, wanted({ kind }), nowMs + 1_000, undefined);
    expect(later.eventId).not.toBe(made.webhook.eventId);
    const others = kinds.filter((other) => other !== kind);
    for (const other of others) {
      expect(makeWebhook(provider, wanted({ kind: other }), nowMs, undefined).webhook.body).not.toEqual(
        made.webhook.body,
      );
    }
  });

  test.each(kinds.flatMap((kind) => tampers.map((tamper) => [kind, tamper] as const)))(
    'a webhook "%s" can be tampered with: %s',
    (kind, tamper) => {
      const genuine = makeWebhook(provider, wanted({ kind }), nowMs, undefined);
      const made = makeWebhook(provider, wanted({ kind, tamper }), nowMs, undefined);
      expect(made.webhook.eventId).toBe(genuine.webhook.eventId);
      expect(bytesOf(made)).not.toBe(bytesOf(genuine));
    },
  );

  test('refuses a kind, a tampering and an amount that it does not know', () => {
    const making = (change: Partial<WantedWebhook>) => () => makeWebhook(provider, wanted(change), nowMs, undefined);
    expect(making({ kind: 'sold' })).toThrow(expect.objectContaining({ code: 'unknown-name' }));
    expect(making({ kind: 'toString' })).toThrow(expect.objectContaining({ code: 'unknown-name' }));
    expect(making({ tamper: 'moon' })).toThrow(expect.objectContaining({ code: 'unknown-name' }));
    expect(making({ amount: '1,00' })).toThrow(expect.objectContaining({ code: 'bad-amount' }));
  });
});
