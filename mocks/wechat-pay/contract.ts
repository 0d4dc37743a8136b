/** What the mock keeps of the contract of its vendor: read by the page of contracts, the fuzzer and the tests. */
import { type Contract, plain, refusedIn, signed, withoutBody } from '../contract.ts';
import { operations, type Refusal, refusals, retryAfterS } from './quirks.ts';

const orderRefusals: readonly string[] = [
  'APPID_MCHID_NOT_MATCH',
  'INVALID_REQUEST',
  'MCH_NOT_EXISTS',
  'ORDERPAID',
  'ORDER_CLOSED',
  'OUT_TRADE_NO_USED',
  'PARAM_ERROR',
];

const billRefusals: readonly string[] = ['NO_STATEMENT_EXIST', 'PARAM_ERROR', 'STATEMENT_CREATING'];

export const wechatPayContract: Contract = {
  signatures: [
    signed('request', 'WECHATPAY2-SHA256-RSA2048 over method, path and query, time, nonce, body', 'R'),
    signed('answer, 204 too', 'SHA256-RSA2048 over time, nonce, body, by public key or certificate', 'R D'),
    signed('notice', 'as an answer; its resource sealed by AEAD_AES_256_GCM under the APIv3 key', 'R D'),
    signed('file of a bill', 'none; its SHA1 is in the signed answer before', 'D'),
  ],
  idempotency: [
    signed('prepay', 'out_trade_no: the same parameters again, others are OUT_TRADE_NO_USED', 'D'),
    signed('refund', 'out_refund_no: the first result; with other amounts refused', 'D'),
  ],
  delivery: { retryAfterS, ends: '200 or 204 within 5 s', known: 'D' },
  errors: [...refusedIn<Refusal>([refusals], plain), ...[404, 405].map(withoutBody)],
  errorsKnown: 'codes and statuses D, wording D where a log shows it',
  refusedAt: {
    everywhere: { operations: Object.values(operations), codes: ['SIGN_ERROR'] },
    own: {
      [operations.native]: orderRefusals,
      [operations.jsapi]: orderRefusals,
      [operations.app]: orderRefusals,
      [operations.h5]: orderRefusals,
      [operations.byTransactionId]: ['INVALID_REQUEST', 'MCH_NOT_EXISTS', 'ORDER_NOT_EXIST'],
      [operations.byOutTradeNo]: ['INVALID_REQUEST', 'MCH_NOT_EXISTS', 'ORDER_NOT_EXIST'],
      [operations.close]: ['INVALID_REQUEST', 'MCH_NOT_EXISTS', 'ORDERPAID', 'ORDER_NOT_EXIST'],
      [operations.refund]: ['FREQUENCY_LIMITED', 'INVALID_REQUEST', 'NOT_ENOUGH', 'PARAM_ERROR', 'RESOURCE_NOT_EXISTS'],
      [operations.refundQuery]: ['INVALID_REQUEST', 'RESOURCE_NOT_EXISTS'],
      [operations.certificates]: ['INVALID_REQUEST', 'RESOURCE_NOT_EXISTS'],
      [operations.tradeBill]: billRefusals,
      [operations.fundFlowBill]: billRefusals,
      [operations.billFile]: ['NO_STATEMENT_EXIST'],
    },
    nowhere: ['HTTP 404', 'HTTP 405'],
    byRequest: ['SYSTEM_ERROR'],
  },
};
