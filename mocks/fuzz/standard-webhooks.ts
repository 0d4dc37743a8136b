/** Calls to the generic provider: the API key is all that makes them authentic. */
import type { Call, Reply } from '#harness/provider';
import { standardWebhooks } from '../standard-webhooks/index.ts';
import { noticeTypes, operations } from '../standard-webhooks/quirks.ts';
import type { Draw, FuzzTarget } from './fuzz.ts';
import { objectIn } from './json-reply.ts';
import { someDeed, someNumber } from './people.ts';
import { drawFields, drawOr } from './values.ts';

/** Ids of earlier answers; the oldest make room. */
let seen: readonly string[] = [];
const keep = (id: unknown): void => {
  if (typeof id === 'string' && !seen.includes(id)) seen = [id, ...seen].slice(0, 80);
};

const drawBody = ({ random }: Draw, operation: string): Readonly<Record<string, unknown>> => {
  switch (operation) {
    case operations.createPayment: {
      const reference = drawOr(random, [someNumber(random)]);
      return { reference, amount: drawOr(random, [1_000, 888]), currency: drawOr(random, ['USD', 'JPY']) };
    }
    case operations.createRefund:
      return random.unit() < 0.3 ? {} : { amount: drawOr(random, [100, 500, 5_000]) };
    case operations.createEndpoint: {
      const types = random.pick([undefined, ['*'], [noticeTypes.succeeded]]);
      return { url: drawOr(random, ['http://merchant.test/']), types };
    }
    default:
      return {};
  }
};

const drawCall = (draw: Draw): Call => {
  const { random, identity, isRight } = draw;
  const { createPayment, createRefund, readPayment } = operations;
  const often = [createPayment, createPayment, createRefund, createRefund, readPayment];
  const operation = random.pick([...Object.values(operations), ...often, 'GET /v1/none', 'DELETE /v1/payments']);
  const [method = '', template = ''] = operation.split(' ');
  const prefix = template.includes('{endpoint}') ? 'ep_' : 'pay_';
  const ids = seen.filter((id) => id.startsWith(prefix));
  const path = template.replace(/\{\w+\}/, random.pick([...ids, `${prefix}none`]));
  const rawQuery =
    operation === operations.listPayments && random.unit() < 0.8 ? `reference=${someNumber(random)}` : '';
  const key = random.pick(['', 'x'.repeat(300), `"k${random.integer(1, 60)}"`]);
  const ownKey = `"${random.integer(1, 1_000_000_000)}"`;
  const text = random.integer(1, 30) === 1 ? '[' : JSON.stringify(drawFields(random, drawBody(draw, operation)));
  return {
    method,
    path,
    query: new URLSearchParams(rawQuery),
    rawQuery,
    headers: {
      authorization: `Bearer ${isRight ? identity.apiKey : 'wrong'}`,
      'idempotency-key': random.unit() < 0.3 ? key : ownKey,
    },
    body: Buffer.from(method === 'POST' ? text : ''),
  };
};

const codeOf = (reply: Reply): string => {
  const fields = objectIn(reply);
  const rows = Array.isArray(fields.data) ? (fields.data as Record<string, unknown>[]) : [fields];
  for (const { id } of rows) keep(id);
  if (reply.status === 200 || reply.status === 201) return 'ok';
  const { type, title, status } = fields;
  if (typeof type !== 'string' || typeof title !== 'string' || status !== reply.status)
    throw new Error(`HTTP ${reply.status} without problem details`);
  return type.slice(type.lastIndexOf('/') + 1);
};

/** The target; calls are not signed, so what is changed in them stays authentic. */
export const standardWebhooksTarget: FuzzTarget = {
  provider: standardWebhooks,
  unreachable: ['key-in-use'], // while an answer is held
  drawSigned: drawCall,
  codeOf,
  begin: () => {
    seen = [];
  },
  byHand: someDeed,
  harmless: ['other value', 'left out', 'truncated', 'oversized', 'old', 'ahead', 'other method', 'rubbish'],
};
