/** `topple mocks ACTION PROVIDER …`: what people do at mocks that are running, over their control routes. */

import type { Behaviour } from '#mocks/behaviours/behaviour';
import { kinds } from '#mocks/behaviours/kinds';
import { askMocks, type Json, mockAt } from '#mocks/client';
import { errors } from '../errors.ts';
import { formatMoney } from '../money.ts';

/** One request by hand; `amount` is decimal text, `named` are texts such as `copies=5`. */
export interface ByHandRequest {
  readonly action: string;
  readonly provider: string;
  readonly reference: string | undefined;
  readonly named: readonly string[];
  readonly amount: string;
  readonly webhookUrl: string;
}

/** Where the provider listens, as the mocks at `port` of this machine say. */
const findProvider = async (port: number, id: string): Promise<string> => {
  const { providers } = (await askMocks(`http://127.0.0.1:${port}/__topple/mocks`, 'GET')) as unknown as {
    providers: Readonly<Record<string, { url: string }>>;
  };
  const found = Object.hasOwn(providers, id) ? providers[id] : undefined;
  if (found === undefined) throw errors.unknownName('provider', id, Object.keys(providers));
  return found.url;
};

/** `copies=5` as the field of a behaviour: true, false and whole numbers where no text is wanted. */
const fieldOf = (text: string): readonly [name: string, value: string | number | boolean] => {
  const [name = '', value = ''] = text.split(/=(.*)/s, 2);
  if (['operation', 'reference', 'what'].includes(name)) return [name, value];
  if (value === 'true' || value === 'false') return [name, value === 'true'];
  return [name, /^\d+$/.test(value) ? Number(value) : value];
};

const behave = async (url: string, does: string | undefined, named: readonly string[]): Promise<Json> => {
  const mock = mockAt(url);
  if (does === undefined) return { ...(await mock.misbehaviour()) };
  if (!Object.hasOwn(kinds, does)) throw errors.unknownName('behaviour', does, Object.keys(kinds));
  return { ...(await mock.behave({ does, ...Object.fromEntries(named.map(fieldOf)) } as unknown as Behaviour)) };
};

/** Does what is asked at the mocks whose first port is `port`; throws what they refuse. */
export const doByHand = async (request: ByHandRequest, port: number): Promise<Json> => {
  const url = await findProvider(port, request.provider);
  const { action, reference, named, amount, webhookUrl } = request;
  if (action === 'behave') return behave(url, reference, named);
  if (action === 'calm') return { ...(await mockAt(url).calm()) };
  if (reference === undefined) return mockAt(url).ask(action);
  return mockAt(url).ask(action, { reference, ...(action === 'order' && { amount, webhookUrl }) });
};

const moneyOf = (amountMinor: unknown, currency: unknown): string =>
  formatMoney({ amountMinor: BigInt(String(amountMinor)), currency: String(currency) });

const orderLines = ({ reference, id, status, amountMinor, refundedMinor, currency }: Json): string => {
  const refunded = refundedMinor === '0' ? '' : `, ${moneyOf(refundedMinor, currency)} refunded`;
  return `${reference}  ${status}  ${moneyOf(amountMinor, currency)}${refunded}\n  ${id}`;
};

const deliveryLines = (one: Json): string => {
  const tookMs = Math.round(Number(one.answeredMs) - Number(one.sentMs));
  const result = one.status === 0 ? 'no answer' : `${one.status} ${one.acknowledged ? 'acknowledged' : 'refused'}`;
  const which = one.attempt === 0 ? 'copy' : `attempt ${one.attempt}`;
  const body = one.answer === undefined ? '' : `\n  ${JSON.stringify(one.answer).slice(1, -1)}`.slice(0, 79);
  return `${one.reference}  ${which}  ${result}  ${tookMs} ms\n  ${one.eventId}${body}`;
};

const behaviourLines = ({ id, does, hits, ...fields }: Json): string => {
  const named = Object.entries(fields).map(([name, value]) => `\n  ${name}=${value}`);
  return `${id}  ${does}  met ${hits} time${hits === 1 ? '' : 's'}${named.join('')}`;
};

/** An answer for people, at most 80 columns unless a number in it is longer. */
export const asText = (answer: Json): string => {
  const { order, orders, deliveries, behaviours } = answer as { order?: Json } & Record<string, Json[] | undefined>;
  if (order !== undefined) return orderLines(order);
  const lines = orders?.map(orderLines) ?? deliveries?.map(deliveryLines) ?? behaviours?.map(behaviourLines);
  if (lines === undefined) return JSON.stringify(answer, null, 2);
  return lines.length === 0 ? 'none' : lines.join('\n');
};
