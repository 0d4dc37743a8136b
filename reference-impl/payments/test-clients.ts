/** What the tests of payment clients share: a role whose provider gives one answer, and an order. */
import type { PaymentConfigs } from '../config.ts';
import type { HttpRequest } from '../ports.ts';
import { testRole } from '../test-role.ts';
import { testPorts } from '../test-world.ts';
import { paymentClients } from './payments.ts';

/** What a provider answers: 200 and {} with no headers if left out. */
export interface Answer {
  readonly status?: number;
  readonly body?: unknown;
  readonly headers?: (body: string) => Record<string, string>;
}

/** The clients of a role whose provider gives this one answer; `sent` lists what it was asked. */
export const clientsAnswered = (
  payments: PaymentConfigs,
  { status = 200, body = {}, headers = () => ({}) }: Answer,
) => {
  const sent: (HttpRequest & { readonly url: string })[] = [];
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const ports = testPorts({} as never, async (url, request) => {
    sent.push({ ...request, url });
    return { status, headers: new Headers(headers(text)), text: async () => text };
  });
  return { clients: paymentClients(testRole('api', ports, { payments })), sent };
};

/** An order of ten yuan. */
export const order = { id: 'ord_1', amountMinor: 1000n, currency: 'CNY' };
