/** `topple mocks ACTION PROVIDER …`: what people do at mocks that are running, over their control routes. */

import { readFileSync, writeFileSync } from 'node:fs';
import type { Behaviour } from '#mocks/behaviours/behaviour';
import { kinds } from '#mocks/behaviours/kinds';
import { askMocks, type Json, type MockClient, mockAt } from '#mocks/client';
import type { MocksDescription } from '#mocks/serve';
import { readWebhookUrl } from '#mocks/webhook-url';
import { errors } from '../errors.ts';
import { mockErrors } from '../mock-errors.ts';
import { formatMoney } from '../money.ts';
import { harmless } from '../report/plain-text.ts';
import { wholeNumber } from './arguments.ts';

/** One request by hand; `named` are texts such as `copies=5`, `order` is there for that action only. */
export interface ByHandRequest {
  readonly action: string;
  readonly provider: string;
  readonly reference: string | undefined;
  readonly named: readonly string[];
  /** `amount` is decimal text, `webhookUrl` '' where there is none. */
  readonly order: { readonly amount: string; readonly webhookUrl: string } | undefined;
}

const lists: readonly string[] = ['orders', 'deliveries', 'records'];

/** What comes behind an action, and how many of its words there have to be. */
const shapeOf = (action: string): { readonly takes: string; readonly least: number; readonly most: number } => {
  if (action === 'behave')
    return { takes: 'PROVIDER [BEHAVIOUR [NAME=VALUE …]]', least: 1, most: Number.POSITIVE_INFINITY };
  if (action === 'clock') return { takes: '', least: 0, most: 0 };
  if (action === 'step') return { takes: 'DURATION', least: 1, most: 1 };
  if (action === 'scale') return { takes: 'NUMBER', least: 1, most: 1 };
  if (togetherNames.includes(action)) return { takes: 'FILE', least: 1, most: 1 };
  if (action === 'calm' || lists.includes(action)) return { takes: 'PROVIDER', least: 1, most: 1 };
  return { takes: 'PROVIDER REFERENCE', least: 2, most: 2 };
};

/** Throws `by-hand-arguments` where too few or too many words follow an action. */
export const demandShape = (action: string, given: readonly string[]): void => {
  const { takes, least, most } = shapeOf(action);
  if (given.length < least || given.length > most) throw mockErrors.byHandArguments(action, takes, given);
};

/** Where the provider listens, as the mocks at `port` of this machine say. */
const findProvider = async (port: number, id: string): Promise<string> => {
  const { providers } = (await askMocks(`http://127.0.0.1:${port}/__topple/mocks`, 'GET')) as unknown as {
    providers: Readonly<Record<string, { url: string }>>;
  };
  const found = Object.hasOwn(providers, id) ? providers[id] : undefined;
  if (found === undefined) throw errors.unknownName('provider', id, Object.keys(providers));
  return found.url;
};

const readJsonFile = (path: string): Json => {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Json;
  } catch (cause) {
    throw mockErrors.snapshotFile('read', path, cause);
  }
};

const writeNewFile = (path: string, text: string): void => {
  try {
    writeFileSync(path, text, { flag: 'wx' });
  } catch (cause) {
    throw mockErrors.snapshotFile('written', path, cause);
  }
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
  if (!Object.hasOwn(kinds, does))
    throw errors.unknownName('behaviour', does, Object.keys(kinds), 'docs/mock-contract.md');
  return { ...(await mock.behave({ does, ...Object.fromEntries(named.map(fieldOf)) } as unknown as Behaviour)) };
};

/** Has a deed done; throws `no-such-deed` for one that the provider does not have. */
const doDeed = async (url: string, { action, provider, reference, order }: ByHandRequest): Promise<Json> => {
  const { deeds } = (await mockAt(url).ask('deeds')) as { deeds: readonly string[] };
  if (!deeds.includes(action)) throw mockErrors.noSuchDeed(provider, action, deeds);
  return mockAt(url).ask(action, { reference, ...order });
};

/** Does what is asked at the mocks whose first port is `port`; throws what they refuse. */
export const doByHand = async (request: ByHandRequest, port: number): Promise<Json> => {
  const { action, provider, reference, named, order } = request;
  if (order !== undefined && order.webhookUrl !== '') readWebhookUrl('--to', order.webhookUrl);
  const url = await findProvider(port, provider);
  if (action === 'behave') return behave(url, reference, named);
  if (action === 'calm') return { ...(await mockAt(url).calm()) };
  if (reference === undefined) return mockAt(url).ask(action);
  return doDeed(url, request);
};

/** What is done to all mocks at once, by name; the text is its only argument, '' where there is none. */
const together: Readonly<Record<string, (mock: MockClient, text: string) => Promise<Json>>> = {
  clock: (mock) => mock.ask('clock'),
  step: async (mock, text) => ({ clock: await mock.step(text) }),
  scale: async (mock, text) => ({ clock: await mock.setScale(wholeNumber('scale', text, 1)) }),
  snapshot: async (mock, path) => {
    writeNewFile(path, `${JSON.stringify(await mock.snapshot())}\n`);
    return { written: path };
  },
  restore: async (mock, path) => ({ clock: await mock.restore(readJsonFile(path)) }),
};

/** The names of what is done to all mocks at once. */
export const togetherNames: readonly string[] = Object.keys(together);

/** Does it at the mocks whose first port is `port`. */
export const doTogether = async (action: string, text: string, port: number): Promise<Json> =>
  (await together[action]?.(mockAt(`http://127.0.0.1:${port}`), text)) ?? {};

const moneyOf = (amountMinor: unknown, currency: unknown): string =>
  formatMoney({ amountMinor: BigInt(String(amountMinor)), currency: String(currency) });

const orderLines = ({ reference, id, status, amountMinor, refundedMinor, currency }: Json): string => {
  const refunded = refundedMinor === '0' ? '' : `, ${moneyOf(refundedMinor, currency)} refunded`;
  return `${reference}  ${status}  ${moneyOf(amountMinor, currency)}${refunded}\n  ${id}`;
};

/** What a receiver has to be told, where a deed issued something anew. */
const receiverLines = (identity: unknown): readonly string[] => {
  const issued = Object.entries((identity ?? {}) as Json).map(([name, value]) => `${name}: ${value}`);
  return issued.length === 0 ? [] : ['Configure the receiver with:', ...issued];
};

const deliveryLines = (one: Json): string => {
  const tookMs = Math.round(Number(one.answeredMs) - Number(one.sentMs));
  const result = one.status === 0 ? 'no answer' : `${one.status} ${one.acknowledged ? 'acknowledged' : 'refused'}`;
  const which = one.attempt === 0 ? 'copy' : `attempt ${one.attempt}`;
  const wrong = one.spoilt ?? (one.forged as Json | undefined)?.forgery;
  const marked = wrong === undefined ? '' : `  wrong on purpose (${wrong})`;
  const body = one.answer === undefined ? '' : `\n  ${harmless(String(one.answer))}`.slice(0, 79);
  const type = one.type === undefined ? '' : `  ${one.type}`;
  const to = one.url === undefined ? '' : `\n  to ${harmless(String(one.url))}`;
  return `${one.reference}  ${which}  ${result}  ${tookMs} ms${marked}\n  ${one.eventId}${type}${to}${body}`;
};

const behaviourLines = ({ id, does, hits, ...fields }: Json): string => {
  const named = Object.entries(fields).map(([name, value]) => `\n  ${name}=${value}`);
  return `${id}  ${does}  met ${hits} time${hits === 1 ? '' : 's'}${named.join('')}`;
};

const clockLine = ({ now, scale }: { readonly now: string; readonly scale: number }): string =>
  `${now}, ${scale === 1 ? '' : `${scale} times `}as fast as real time`;

const identityLine = ([name, value]: readonly [name: string, value: string]): string =>
  value.includes('\n') ? `  ${name}  PEM, with --json` : `  ${name}  ${value}`;

/** What was opened, for people: keys of several lines are only named. */
export const servingText = ({ providers, proxy }: MocksDescription): string => {
  const all = Object.entries(providers);
  const first = all[0]?.[1].url ?? '';
  const blocks = all.map(([id, { url, tlsUrl, identity }]) => {
    const addresses = tlsUrl === undefined ? [url] : [url, tlsUrl];
    return [`${id}  ${addresses.join('  ')}`, ...Object.entries(identity).map(identityLine)].join('\n');
  });
  return [
    ...blocks,
    ...(proxy === undefined ? [] : [`proxy  ${proxy}`]),
    `All of it, as JSON: --json, or ${first}/__topple/mocks`,
    'Serving until Ctrl-C. In another terminal: topple mocks order, pay, behave, …',
  ].join('\n');
};

/** An answer for people, at most 80 columns unless a number in it is longer. */
export const asText = (answer: Json): string => {
  const { order, orders, deliveries, behaviours } = answer as { order?: Json } & Record<string, Json[] | undefined>;
  const { clock } = answer as { clock?: { now: string; scale: number } };
  if (clock !== undefined) return clockLine(clock);
  if (typeof answer.written === 'string') return `written to ${answer.written}`;
  if (answer.grants !== undefined) return JSON.stringify(answer, null, 2);
  if (order !== undefined) return [orderLines(order), ...receiverLines(answer.identity)].join('\n');
  const lines = orders?.map(orderLines) ?? deliveries?.map(deliveryLines) ?? behaviours?.map(behaviourLines);
  if (lines === undefined) return JSON.stringify(answer, null, 2);
  return lines.length === 0 ? 'none' : lines.join('\n');
};
