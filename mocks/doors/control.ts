/** Routes of the standalone mocks beside the provider's own: what a buyer does, and what a test wants to see. */
import { ToppleError } from '#harness/errors';
import type { Call, OpenProvider, Reply } from '#harness/provider';

const json = (status: number, body: object): Reply => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8' },
  body: Buffer.from(`${JSON.stringify(body, (_, value) => (typeof value === 'bigint' ? String(value) : value))}\n`),
});

const refusal = (status: number, what: string, next: string): Reply => json(status, { error: what, next });

/** A page in somebody's browser can reach loopback, but it cannot hide its Origin or speak of loopback as its Host. */
const isLocal = ({ headers }: Call): boolean =>
  headers.origin === undefined && /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/.test(headers.host ?? '');

const readReference = (body: Uint8Array): string | undefined => {
  try {
    const { reference } = JSON.parse(new TextDecoder().decode(body));
    return typeof reference === 'string' ? reference : undefined;
  } catch {
    return undefined;
  }
};

const pay = (provider: OpenProvider, call: Call): Reply => {
  const reference = readReference(call.body);
  if (provider.pay === undefined) return refusal(404, `${provider.id} takes no payments`, 'Pay at a payment provider.');
  if (reference === undefined) return refusal(400, 'no reference', 'Post {"reference": "<out_trade_no>"} as JSON.');
  try {
    provider.pay(reference);
  } catch (error) {
    if (!(error instanceof ToppleError)) throw error;
    return refusal(404, error.message, error.next);
  }
  return json(200, { payment: provider.records().payments.find((payment) => payment.reference === reference) });
};

const control = (provider: OpenProvider, call: Call): Reply => {
  if (!isLocal(call)) return refusal(403, 'not a local caller', 'Call it from this machine, not from a browser page.');
  const asked = `${call.method} ${call.path}`;
  if (asked === 'POST /__topple/pay') return pay(provider, call);
  if (asked === 'GET /__topple/records') return json(200, provider.records());
  return refusal(404, `no route ${asked}`, 'Use POST /__topple/pay or GET /__topple/records.');
};

/**
 * The same provider with `POST /__topple/pay` ({"reference"}: a buyer pays; answers the payment) and
 * `GET /__topple/records` (amounts as text of minor units). For doors on loopback only.
 */
export const withControl = (provider: OpenProvider): OpenProvider => ({
  ...provider,
  handle: (call) => (call.path.startsWith('/__topple/') ? control(provider, call) : provider.handle(call)),
});
