/** The body of POST /v1/orders: exactly these fields, nothing that a client could slip in beside them. */
import { Refusal } from '../http/answers.ts';

/** A request to top up a wallet; the amount is in minor units. */
export interface OrderRequest {
  readonly walletId: string;
  readonly cloudAccountId: string;
  readonly amountMinor: bigint;
  readonly currency: string;
}

const isName = (value: unknown): value is string => typeof value === 'string' && /^[A-Za-z0-9_-]{1,64}$/.test(value);

const rules: Readonly<Record<keyof OrderRequest, { holds(value: unknown): boolean; text: string }>> = {
  walletId: { holds: isName, text: 'walletId is 1 to 64 letters, digits, _ or -' },
  cloudAccountId: { holds: isName, text: 'cloudAccountId is 1 to 64 letters, digits, _ or -, as text' },
  amountMinor: {
    holds: (value) => Number.isInteger(value) && 1 <= (value as number) && (value as number) <= 100_000_000,
    text: 'amountMinor is a whole number of minor units from 1 to 100000000',
  },
  currency: { holds: (value) => value === 'CNY', text: 'currency is CNY' },
};

const parsed = (text: string): Record<string, unknown> => {
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as Record<string, unknown>;
  } catch {
    // Answered below, like any other body that is no object.
  }
  throw new Refusal(400, 'invalid-body', 'The body is not a JSON object.', `Send {${Object.keys(rules).join(', ')}}.`);
};

/** The request in `text`, or a refusal (400) that lists everything wrong with it at once. */
export const orderRequestIn = (text: string): OrderRequest => {
  const body = parsed(text);
  const problems = Object.entries(rules).flatMap(([name, { holds, text: rule }]) => (holds(body[name]) ? [] : [rule]));
  for (const name of Object.keys(body))
    if (!Object.hasOwn(rules, name)) problems.push(`there is no field "${name.slice(0, 64)}"`);
  if (problems.length > 0) {
    throw new Refusal(400, 'invalid-body', `${problems.join('; ')}.`, 'Correct the fields and send the request again.');
  }
  const { walletId, cloudAccountId, amountMinor, currency } = body as Record<keyof OrderRequest, string>;
  return { walletId, cloudAccountId, amountMinor: BigInt(amountMinor), currency };
};
