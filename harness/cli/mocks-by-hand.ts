/** `topple mocks ACTION PROVIDER …`: what people do at mocks that are running, over their control routes. */
import { errors } from '../errors.ts';
import { mockErrors } from '../mock-errors.ts';
import { formatMoney } from '../money.ts';

type Json = Readonly<Record<string, unknown>>;

/** One request by hand; `amount` is decimal text. */
export interface ByHandRequest {
  readonly action: string;
  readonly provider: string;
  readonly reference: string | undefined;
  readonly amount: string;
  readonly webhookUrl: string;
}

const ask = async (url: string, fields?: Json): Promise<Json> => {
  let response: Response;
  try {
    response = await fetch(url, fields === undefined ? {} : { method: 'POST', body: JSON.stringify(fields) });
  } catch (error) {
    throw mockErrors.mocksNotReached(url, error instanceof Error ? (error.cause ?? error) : error);
  }
  const text = await response.text();
  let answer: Json;
  try {
    answer = JSON.parse(text) as Json;
  } catch {
    throw mockErrors.mocksNotReached(url, new Error(`What answers there are no mocks: status ${response.status}.`));
  }
  if (response.ok) return answer;
  throw mockErrors.refusedByMocks(String(answer.error), String(answer.next));
};

/** Where the provider listens, as the mocks at `port` of this machine say. */
const findProvider = async (port: number, id: string): Promise<string> => {
  const { providers } = (await ask(`http://127.0.0.1:${port}/__topple/mocks`)) as {
    providers: Readonly<Record<string, { url: string }>>;
  };
  const found = Object.hasOwn(providers, id) ? providers[id] : undefined;
  if (found === undefined) throw errors.unknownName('provider', id, Object.keys(providers));
  return found.url;
};

/** Does what is asked at the mocks whose first port is `port`; throws what they refuse. */
export const doByHand = async (request: ByHandRequest, port: number): Promise<Json> => {
  const base = `${await findProvider(port, request.provider)}/__topple/${request.action}`;
  const { action, reference, amount, webhookUrl } = request;
  if (reference === undefined) return ask(base);
  return ask(base, { reference, ...(action === 'order' && { amount, webhookUrl }) });
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

/** An answer for people, at most 80 columns unless a number in it is longer. */
export const asText = (answer: Json): string => {
  const { order, orders, deliveries } = answer as { order?: Json; orders?: Json[]; deliveries?: Json[] };
  if (order !== undefined) return orderLines(order);
  const lines = orders?.map(orderLines) ?? deliveries?.map(deliveryLines);
  if (lines === undefined) return JSON.stringify(answer, null, 2);
  return lines.length === 0 ? 'none' : lines.join('\n');
};
