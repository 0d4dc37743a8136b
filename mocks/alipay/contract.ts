/** What the mock keeps of the contract of its vendor: read by the page of contracts, the fuzzer and the tests. */
import { type Contract, refusedIn, signed, withoutBody } from '../contract.ts';
import { billPath, methods, type Refusal, refusals, requiredParameters, retryAfterS } from './quirks.ts';

const orderRefusals: readonly string[] = [
  '40004 ACQ.CONTEXT_INCONSISTENT',
  '40004 ACQ.INVALID_PARAMETER',
  '40004 ACQ.TRADE_HAS_CLOSE',
  '40004 ACQ.TRADE_HAS_SUCCESS',
];

/** Codes are the number and sub_code of the gateway, as `40004 ACQ.TRADE_NOT_EXIST`; by v3 see `wholeCode`. */
export const alipayContract: Contract = {
  signatures: [
    signed('request', 'RSA2 over sorted `k=v` of all but `sign`, empty values left out', 'R'),
    signed('answer', 'RSA2 over the exact inner text, in which `/` is `\\/`', 'R'),
    signed('answer to an app that is unknown', 'none, by v3 neither', 'D'),
    signed('notice', 'RSA2 over sorted decoded `k=v` of all but `sign` and `sign_type`', 'R'),
    signed('v3 request', 'ALIPAY-SHA256withRSA over auth, method, path and query, body, token', 'R'),
    signed('v3 answer', 'alipay-signature over timestamp, nonce, body', 'R'),
  ],
  idempotency: [
    signed('precreate, page.pay', 'out_trade_no: from the scan on the same trade; another amount is refused', 'D'),
    signed('precreate, page.pay before a scan', 'out_trade_no: there is no trade; the newest order counts', 'D C'),
    signed('refund', 'out_request_no: again with fund_change N; with another amount refused', 'D'),
  ],
  delivery: { retryAfterS, ends: '200 and the body `success`, nothing else', known: 'D' },
  errors: [
    ...refusedIn<Refusal>([Object.fromEntries(requiredParameters), refusals], (one) => ({
      status: 200,
      code: `${one.code} ${one.sub_code}`,
      message: one.sub_msg,
    })),
    ...[403, 404].map(withoutBody),
  ],
  errorsKnown: 'codes D; which of them belongs to which bad value partly M; by v3 the same codes with status 400',
  refusedAt: {
    everywhere: {
      operations: Object.values(methods),
      codes: [
        '40001 isv.missing-app-id',
        '40001 isv.missing-signature',
        '40001 isv.missing-signature-type',
        '40001 isv.missing-timestamp',
        '40001 isv.missing-version',
        '40002 isv.invalid-app-id',
        '40002 isv.invalid-signature',
        '40002 isv.invalid-signature-type',
        '40002 isv.invalid-timestamp',
      ],
    },
    own: {
      [methods.precreate]: orderRefusals,
      [methods.pagePay]: orderRefusals,
      [methods.query]: ['40004 ACQ.INVALID_PARAMETER', '40004 ACQ.TRADE_NOT_EXIST'],
      [methods.close]: ['40004 ACQ.INVALID_PARAMETER', '40004 ACQ.TRADE_NOT_EXIST', '40004 ACQ.TRADE_STATUS_ERROR'],
      [methods.cancel]: [
        '40004 ACQ.INVALID_PARAMETER',
        '40004 ACQ.SELLER_BALANCE_NOT_ENOUGH',
        '40004 ACQ.TRADE_NOT_EXIST',
      ],
      [methods.refund]: [
        '40004 ACQ.DISCORDANT_REPEAT_REQUEST',
        '40004 ACQ.INVALID_PARAMETER',
        '40004 ACQ.REASON_TRADE_REFUND_FEE_ERR',
        '40004 ACQ.REFUND_AMT_NOT_EQUAL_TOTAL',
        '40004 ACQ.SELLER_BALANCE_NOT_ENOUGH',
        '40004 ACQ.TRADE_NOT_EXIST',
        '40004 ACQ.TRADE_STATUS_ERROR',
      ],
      [methods.refundQuery]: ['40004 ACQ.INVALID_PARAMETER', '40004 ACQ.TRADE_NOT_EXIST'],
      [methods.bill]: ['40004 isp.bill_not_exist', '40004 isv.invalid_arguments'],
      [`GET ${billPath}`]: ['HTTP 403'],
    },
    nowhere: [
      '40001 isv.missing-app-id',
      '40001 isv.missing-method',
      '40001 isv.missing-signature',
      '40001 isv.missing-signature-type',
      '40001 isv.missing-timestamp',
      '40001 isv.missing-version',
      '40002 isv.invalid-app-id',
      '40002 isv.invalid-method',
      '40002 isv.invalid-signature',
      '40002 isv.invalid-timestamp',
      'HTTP 404',
    ],
    byRequest: ['40004 ACQ.SYSTEM_ERROR', '40005 isv.app-call-limited', '20000 isp.unknow-error'],
  },
};

/** The code of the contract of which a page, or v3, shows the end: without the number before, or without `isv.` too. */
export const wholeCode = (shown: string): string | undefined =>
  alipayContract.errors.find(({ code }) => code.endsWith(` ${shown}`) || code.endsWith(`.${shown}`))?.code;
