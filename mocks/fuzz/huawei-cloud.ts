/** Calls to Huawei Cloud's BSS API, signed by the signer of its SDK. */
import { createRequire } from 'node:module';
import type { Call, Reply } from '#harness/provider';
import { huaweiCloud } from '../huawei-cloud/index.ts';
import { operations, partner } from '../huawei-cloud/quirks.ts';
import { debit } from '../huawei-cloud/wire.ts';
import type { Draw, FuzzTarget } from './fuzz.ts';
import { minorOf, objectIn } from './json-reply.ts';
import { asText, drawAmount, drawFields, drawOr } from './values.ts';

const { AKSKSigner } = createRequire(import.meta.url)(
  '@huaweicloud/huaweicloud-sdk-core/auth/AKSKSigner.js',
) as typeof import('@huaweicloud/huaweicloud-sdk-core/auth/AKSKSigner.js');

const sdkDate = (atMs: number): string => `${new Date(atMs).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;

interface Asked {
  readonly operation: string;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly data?: Readonly<Record<string, unknown>>;
}

const sign = ({ random, identity, nowMs, isRight }: Draw, { operation, query = {}, data }: Asked): Call => {
  const [method = '', template = ''] = operation.split(' ');
  const path = template.replace('{partner_id}', 'p1');
  const who = random.integer(1, 20) === 1 ? 'denied' : 'own';
  const [accessKey, secretKey] =
    who === 'denied' ? [identity.deniedAccessKey, identity.deniedSecretKey] : [identity.accessKey, identity.secretKey];
  const texts = Object.fromEntries(Object.entries(query).map(([name, value]) => [name, asText(value)]));
  const request = {
    method,
    endpoint: `http://127.0.0.1:1${path}`,
    queryParams: texts,
    headers: { 'content-type': 'application/json', 'X-Sdk-Date': sdkDate(nowMs) },
    ...(data && { data }),
  };
  const credential = {
    getAk: () => (random.integer(1, 40) === 1 ? 'nobody' : accessKey),
    getSk: () => (isRight ? secretKey : 'wrong'),
  };
  const headers = AKSKSigner.sign(request as never, credential as never) as Record<string, string>;
  const parameters = new URLSearchParams(texts);
  return {
    method,
    path,
    query: parameters,
    rawQuery: parameters.toString(),
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
    body: Buffer.from(data ? JSON.stringify(data) : ''),
  };
};

const customers = ({ foreignCustomerId, brokenCustomerId, advisedCustomerId }: Draw['identity']) => [
  ...Array.from({ length: 12 }, (_, index) => `c${index}`),
  foreignCustomerId,
  brokenCustomerId,
  advisedCustomerId,
];

const move = (draw: Draw): Record<string, unknown> => {
  const { random, identity } = draw;
  return drawFields(random, {
    customer_id: drawOr(random, customers(identity)),
    amount: random.integer(1, 20) === 1 ? drawOr(random, ['1.00'], 2) : drawAmount(random),
    indirect_partner_id: drawOr(random, [undefined, undefined, partner.indirectPartnerId], 8),
  });
};

const page = ({ random, identity }: Draw): Record<string, unknown> =>
  drawFields(random, {
    customer_id: drawOr(random, ['', ...customers(identity)]),
    limit: drawOr(random, [1, 10, 100, '']),
    offset: drawOr(random, [0, 1, 5, '']),
    operation_time_begin: drawOr(random, ['', '2026-01-01T00:00:00Z']),
    operation_type: drawOr(random, ['', 'SOURCE_OPERATION_BEADJUST']),
    indirect_partner_id: drawOr(random, ['', partner.indirectPartnerId]),
  });

const drawAsked = (draw: Draw): Asked => {
  const { random, identity } = draw;
  const operation = random.pick([...Object.values(operations), operations.adjust, operations.adjust, 'POST /v9/none']);
  switch (operation) {
    case operations.adjust:
    case operations.reclaim:
      return { operation, data: move(draw) };
    case operations.oldAdjust: {
      const amount = random.integer(1, 20) === 1 ? '99999999999' : String(drawAmount(random));
      return {
        operation,
        data: { ...move(draw), amount, currency: drawOr(random, ['CNY']), measure_id: drawOr(random, [1]) },
      };
    }
    case operations.transfer: {
      const transId = drawOr(random, [undefined, 'T1', `T${random.integer(1, 10_000)}`]);
      const amount = random.integer(1, 20) === 1 ? '99999999999999' : String(drawAmount(random));
      return { operation, data: { ...move(draw), amount, trans_id: transId } };
    }
    case operations.customerBalances: {
      const customer_infos = drawOr(random, [[{ customer_id: 'c1' }], [{ customer_id: drawOr(random, ['c2'], 2) }]]);
      return { operation, data: drawFields(random, { ...move(draw), customer_infos }) };
    }
    case operations.transferable:
      return { operation, query: drawFields(random, { balance_type: drawOr(random, [debit]) }) };
    case operations.retrievable: {
      const sub_customer_id = drawOr(random, customers(identity));
      return { operation, query: drawFields(random, { sub_customer_id, balance_type: drawOr(random, [debit]) }) };
    }
    default:
      return { operation, query: page(draw) };
  }
};

/** An answer has an error_code and an error_msg, or neither; version 1.0 has both with CBC.0000 too. */
const codeOf = (reply: Reply): string => {
  const { error_code: code, error_msg: message } = objectIn(reply);
  if (code === undefined && message === undefined && reply.status === 200) return 'ok';
  if (typeof code !== 'string' || typeof message !== 'string') throw new Error(`HTTP ${reply.status} without a code`);
  return code === 'CBC.0000' ? 'ok' : code;
};

/** The call that tells what a customer has of a payer's money, and the answer's list of one row. */
const askedHeld = (payer: string | undefined, cloudAccount: string): Asked & { readonly list: string } => {
  if (payer === 'enterprise') {
    const query = { sub_customer_id: cloudAccount, balance_type: debit };
    return { operation: operations.retrievable, query, list: 'amount_infos' };
  }
  const indirect = payer === 'reseller' ? { indirect_partner_id: partner.indirectPartnerId } : {};
  const data = { customer_infos: [{ customer_id: cloudAccount }], ...indirect };
  return { operation: operations.customerBalances, data, list: 'customer_balances' };
};

/** Huawei Cloud as a target; its members and customers can all be asked for. */
export const huaweiCloudTarget: FuzzTarget = {
  provider: huaweiCloud,
  drawSigned: (draw) => sign(draw, drawAsked(draw)),
  codeOf,
  heldMinor: ({ id, cloudAccount }, draw, ask) => {
    const { list, ...asked } = askedHeld(id.split('-')[0], cloudAccount);
    for (;;) {
      const reply = ask(sign(draw, asked));
      const [row] = (objectIn(reply)[list] ?? []) as Record<string, unknown>[];
      if (codeOf(reply) === 'ok') return minorOf(row?.amount ?? row?.avail_retrieve_amount);
    }
  },
};
