/** Who judges notices: the official library for `v1`, Node's own Ed25519 for `v1a`; and a client of the API. */
import { createPublicKey, verify } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { expect, onTestFinished, vi } from 'vitest';
import type { Call, OpenProvider, ProviderPorts, WebhookBytes } from '#harness/provider';
import { openSocketDoor } from '../doors/socket.ts';
import type { Json } from '../json-body.ts';
import { clockAtNewYear, testPorts } from '../test-ports.ts';
import { standardWebhooks } from './index.ts';

/** What a notice says, once it has been verified. */
export interface Verified extends Json {
  readonly type: string;
  readonly timestamp: string;
  readonly data: Json;
}

/** What the library makes of a notice that comes at `nowMs`; throws what it refuses it for. */
export const verifiedBy = (secret: string | undefined, { headers, body }: WebhookBytes, nowMs: number): Verified => {
  vi.useFakeTimers({ toFake: ['Date'], now: nowMs }); // the library looks at the machine's clock
  try {
    return new Webhook(secret ?? '').verify(Buffer.from(body), { ...headers }) as Verified;
  } finally {
    vi.useRealTimers();
  }
};

const base64Url = (base64: string): string => base64.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');

/** Whether one of the `v1a` signatures is right under the public key, as the specification has it. */
export const isSignedBy = (publicKey: string | undefined, { headers, body }: WebhookBytes): boolean => {
  const [, raw = ''] = (publicKey ?? '').split('whpk_');
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: base64Url(raw) }, format: 'jwk' });
  const text = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${Buffer.from(body).toString()}`;
  const signatures = (headers['webhook-signature'] ?? '').split(' ').map((one) => one.split(','));
  return signatures.some(
    ([version, signature = '']) =>
      version === 'v1a' && verify(null, Buffer.from(text), key, Buffer.from(signature, 'base64')),
  );
};

/** Where notices go in these tests. */
export const url = 'http://merchant.test/webhooks';

/** A mock at the new year with a waiting payment of 88.88 dollars for T1, told to `url`; `ask` calls its API. */
export const ordered = (given: Partial<ProviderPorts> = {}) => {
  const clock = clockAtNewYear();
  const provider = standardWebhooks.open(testPorts({ clock, wall: clock, ...given }));
  const hand = provider.byHand ?? expect.unreachable();
  hand.order({ reference: 'T1', amountMinor: 8888n, webhookUrl: url });
  const ask = (method: string, path: string, fields?: object): Readonly<Record<string, string>> => {
    const headers = {
      authorization: `Bearer ${provider.identity.apiKey}`,
      'idempotency-key': `${path} ${clock.nowMs()}`,
    };
    const body = Buffer.from(fields === undefined ? '' : JSON.stringify(fields));
    const reply = provider.handle({ method, path, query: new URLSearchParams(), rawQuery: '', headers, body });
    return 'cut' in reply ? expect.unreachable() : JSON.parse(Buffer.from(reply.body).toString());
  };
  return { clock, provider, hand, identity: provider.identity, ask };
};

/** An answer of the API. */
export interface Answered {
  readonly status: number;
  readonly type: string | null;
  readonly fields: Json;
}

/** A mock on a socket; every POST of `ask` has a key of its own, unless it is given one. */
export const openApi = async (given: Partial<ProviderPorts> = {}) => {
  const provider: OpenProvider = standardWebhooks.open(testPorts(given));
  const door = await openSocketDoor(provider);
  onTestFinished(async () => {
    provider.stop();
    await door.close();
  });
  let count = 0;
  const ask = async (
    operation: string,
    { body, headers = {} }: { readonly body?: unknown; readonly headers?: Call['headers'] } = {},
  ): Promise<Answered> => {
    const [method = '', path = ''] = operation.split(' ');
    count += 1;
    const response = await fetch(door.url + path, {
      method,
      headers: {
        authorization: `Bearer ${provider.identity.apiKey}`,
        'idempotency-key': `"key-${count}"`,
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    return {
      status: response.status,
      type: response.headers.get('content-type'),
      fields: (await response.json()) as Json,
    };
  };
  return { provider, ask, hand: provider.byHand ?? expect.unreachable() };
};

/** A payment of 88.88 dollars for the order T1. */
export const order = { reference: 'T1', amount: 8888, currency: 'USD' };
