/** stripe-node, pointed at a mock on a socket. */
import Stripe from 'stripe';
import type { OpenProvider, ProviderPorts } from '#harness/provider';
import { openSocketDoor } from '../doors/socket.ts';
import { testPorts } from '../test-ports.ts';
import { stripe } from './index.ts';

/** A mock behind a socket, and a client of it. */
export interface Opened {
  readonly provider: OpenProvider;
  readonly url: string;
  readonly sdk: Stripe;
  close(): Promise<void>;
}

/** A client of what listens at `url`; it never waits long between its own retries. */
export const clientOf = (url: string, secretKey: string, maxNetworkRetries = 0): Stripe => {
  const { hostname: host, port } = new URL(url);
  return new Stripe(secretKey, { protocol: 'http', host, port, telemetry: false, maxNetworkRetries });
};

/** Opens the mock; `close` stops it. */
export const openMock = async (given: Partial<ProviderPorts> = {}): Promise<Opened> => {
  const provider = stripe.open(testPorts(given));
  const door = await openSocketDoor(provider);
  const sdk = clientOf(door.url, provider.identity.secretKey ?? '');
  return {
    provider,
    url: door.url,
    sdk,
    close: async () => {
      provider.stop();
      await door.close();
    },
  };
};

/** A payment of 88.88 dollars for the order T1. */
export const order = { amount: 8888, currency: 'usd', metadata: { order_no: 'T1' } };

/** What a Checkout Session for 88.88 dollars is asked for with. */
export const page = {
  mode: 'payment' as const,
  client_reference_id: 'T1',
  success_url: 'https://merchant.test/done',
  line_items: [{ quantity: 2, price_data: { currency: 'usd', unit_amount: 4444, product_data: { name: 'credit' } } }],
};
