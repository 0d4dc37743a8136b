/** The body of POST /v1/orders: exactly these fields, nothing that a client could slip in beside them. */
import { Refusal } from '../http/answers.ts';
import { type PaymentProvider, payableIn } from '../payments/payment-client.ts';
import { type CloudId, clouds } from '../provisioning/cloud.ts';
import { currencies } from './order.ts';

/** A request to top up a wallet; the amount is in minor units. */
export interface OrderRequest {
  readonly walletId: string;
  readonly cloudAccountId: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly paymentProvider: PaymentProvider;
  readonly cloud: CloudId;
}

/** What may be named; the first of each is meant when nothing is. */
export interface Offers {
  readonly payments: readonly PaymentProvider[];
  readonly clouds: readonly CloudId[];
}

interface Rule {
  holds(value: unknown): boolean;
  readonly text: string;
}

const isName = (value: unknown): value is string => typeof value === 'string' && /^[A-Za-z0-9_-]{1,64}$/.test(value);

const oneOf = (name: string, offered: readonly string[]): Rule => ({
  holds: (value) => value === undefined || offered.includes(value as string),
  text: `${name} is one of: ${offered.join(', ')}`,
});

const rulesFor = (offers: Offers): Readonly<Record<keyof OrderRequest, Rule>> => ({
  walletId: { holds: isName, text: 'walletId is 1 to 64 letters, digits, _ or -' },
  cloudAccountId: { holds: isName, text: 'cloudAccountId is 1 to 64 letters, digits, _ or -, as text' },
  amountMinor: {
    holds: (value) => Number.isInteger(value) && 1 <= (value as number) && (value as number) <= 100_000_000,
    text: 'amountMinor is a whole number of minor units from 1 to 100000000',
  },
  currency: {
    holds: (value) => currencies.includes(value as string),
    text: `currency is one of: ${currencies.join(', ')}`,
  },
  paymentProvider: oneOf('paymentProvider', offers.payments),
  cloud: oneOf('cloud', offers.clouds),
});

const parsed = (text: string, names: readonly string[]): Record<string, unknown> => {
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as Record<string, unknown>;
  } catch {
    // Answered below, like any other body that is no object.
  }
  throw new Refusal(400, 'invalid-body', 'The body is not a JSON object.', `Send {${names.join(', ')}}.`);
};

/** Nothing is exchanged on the way: buyer, wallet and cloud account have one currency. */
const currencyProblems = ({ currency, paymentProvider, cloud }: OrderRequest): readonly string[] => [
  ...(payableIn[paymentProvider].includes(currency) ? [] : [`${paymentProvider} takes no ${currency}`]),
  ...(clouds[cloud].currency === currency ? [] : [`${cloud} grants no ${currency}`]),
];

const refuse = (problems: readonly string[]): void => {
  if (problems.length === 0) return;
  throw new Refusal(400, 'invalid-body', `${problems.join('; ')}.`, 'Correct the fields and send the request again.');
};

/** The request in `text`, or a refusal (400) that lists everything wrong with it at once. */
export const orderRequestIn = (text: string, offers: Offers): OrderRequest => {
  const rules = rulesFor(offers);
  const body = parsed(text, Object.keys(rules));
  const problems = Object.entries(rules).flatMap(([name, { holds, text: rule }]) => (holds(body[name]) ? [] : [rule]));
  for (const name of Object.keys(body))
    if (!Object.hasOwn(rules, name)) problems.push(`there is no field "${name.slice(0, 64)}"`);
  refuse(problems);
  const { walletId, cloudAccountId, amountMinor, currency } = body as Record<keyof OrderRequest, string>;
  const request: OrderRequest = {
    walletId,
    cloudAccountId,
    amountMinor: BigInt(amountMinor),
    currency,
    paymentProvider: (body.paymentProvider ?? offers.payments[0]) as PaymentProvider,
    cloud: (body.cloud ?? offers.clouds[0]) as CloudId,
  };
  refuse(currencyProblems(request));
  return request;
};
