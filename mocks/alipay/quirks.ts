/**
 * Facts about Alipay's gateway that no code can show. Marks: R run with alipay-sdk 4.14.0, S read in it, D a page of
 * the vendor, or, where it says probed, what the real gateway answered to a call without an app's key, M from memory of
 * the vendor's docs: check before relying on it, C chosen here, which claims nothing.
 *
 * D, where no page is named: each method's page, docs.open.alipay.com/api_1/<method>, now opendocs.alipay.com/open
 * (cancel 02ekfr, close 02e7gn, bills 06fpmm); the same by v3 at zhifubao.apifox.cn (close api-126371943, query
 * api-126426144, cancel www.apifox.cn/apidoc/docs-site/3618910/api-126370346); public codes
 * opendocs.alipay.com/open/common/105806; notices opendocs.alipay.com/open/270/105902.
 *
 * A trade begins when the buyer has scanned the code of precreate, and, on the page of page.pay, has scanned or
 * logged in (D: developer.aliyun.com/article/707649; cloud.tencent.com/developer/article/1096089, with the vendor's
 * answer to a question; Luncher/alipay#14, fzlee/alipay#9). Until then query and close answer ACQ.TRADE_NOT_EXIST (D,
 * the same pages), and refunds (M); cancel answers 10000 without an action to a number of the merchant's, and refuses a
 * trade_no that there is not (D: blog.csdn.net/qq_39505065/article/details/84850870); the number may be used again with
 * other fields, and no more from the scan on (D: developer.aliyun.com/article/707511). A code is good for two hours (D:
 * 1096089 above); timeout_express counts from the scan (D: developer.aliyun.com/article/707654).
 *
 * Simpler here, and C: the same order has the same code, and of several codes under one number the newest counts; its
 * trade's number is made with it, so that the page can show the way back; a cancelled code can still be scanned (what
 * becomes of it no page tells); codes and trades end by hand (expire), by no clock. Timestamps are checked for their
 * form alone (no window), because clients date in whatever time zone their process runs in (R). No fees are taken, so a
 * bill's fees are 0.00. That a full refund ends in TRADE_CLOSED, and is told by gmt_refund and refund_fee, is D, and so
 * is that an unpaid trade's closing is told (TRADE_CLOSED, on by default: api-126371943). Not modelled:
 * TRADE_FINISHED, when nothing can be refunded any more; alipay.trade.pay and its 10003 (a payer who is asked for a
 * password); payments within other payments (royalties, combined trades); tokens of merchants who authorised an app
 * (app_auth_token is signed and else ignored); certificates instead of public keys; the encryption of contents.
 */

/** The methods served, as the vendor writes them (D). */
export const methods = {
  precreate: 'alipay.trade.precreate',
  pagePay: 'alipay.trade.page.pay',
  query: 'alipay.trade.query',
  close: 'alipay.trade.close',
  cancel: 'alipay.trade.cancel',
  refund: 'alipay.trade.refund',
  refundQuery: 'alipay.trade.fastpay.refund.query',
  bill: 'alipay.data.dataservice.bill.downloadurl.query',
} as const;

/** Where bills are downloaded (D: the path of a published URL); the calls that do it are named so in the records. */
export const billPath = '/downloadBillFile.resource';

/** How long the address of a bill is valid (D). */
export const billUrlLivesMs = 30_000;

/** The first day that has a bill (D 06fpmm). */
export const billsFromMs = Date.parse('2016-01-01T00:00:00+08:00');

/** When the bill of a day is there: ten in the morning of the next day, in Beijing (D: by then; 06fpmm: by nine). */
export const billReadyAfterMs = 10 * 3_600_000;

/** The methods of OpenAPI v3, by HTTP method and path: the same business under `/v3` (R: alipay-sdk's `curl`). */
export const v3Routes: Readonly<
  Record<string, Exclude<(typeof methods)[keyof typeof methods], 'alipay.trade.page.pay'>>
> = {
  'POST /v3/alipay/trade/precreate': methods.precreate,
  'POST /v3/alipay/trade/query': methods.query,
  'POST /v3/alipay/trade/close': methods.close,
  'POST /v3/alipay/trade/cancel': methods.cancel,
  'POST /v3/alipay/trade/refund': methods.refund,
  'POST /v3/alipay/trade/fastpay/refund/query': methods.refundQuery,
  'GET /v3/alipay/data/dataservice/bill/downloadurl/query': methods.bill,
};

/** How far a v3 timestamp may be from now, either way (M; the docs' examples send expired_seconds=600, D). */
export const v3WindowMs = 600_000;

/** Seconds before each retry of a notice: three at once, then 4m 10m 10m 1h 2h 6h 15h, about 25 hours (D). */
export const retryAfterS: readonly number[] = [0, 0, 0, 240, 600, 600, 3_600, 7_200, 21_600, 54_000];

/** The whole body, with status 200, that stops the retries; a redirect or anything around the word does not (D). */
export const acknowledgement = 'success';

/** Bounds of total_amount, in fen (D: 0.01 to 100000000 yuan). */
export const amountMinorRange = { min: 1n, max: 10_000_000_000n } as const;

/** Letters, digits and underscores, at most 64 of them (D). */
export const outTradeNoForm = /^\w{1,64}$/;

/** What the mock issues to its one merchant (C); app and user numbers have the vendor's form (D). */
export const merchant = { appId: '2021000000000001', sellerId: '2088000000000001' } as const;

/** The one buyer (C). */
export const buyer = { id: '2088000000000002', logonId: '138****0000' } as const;

/** The body of a refused call, in the vendor's field names. */
export interface Refusal {
  readonly code: string;
  readonly msg: string;
  readonly sub_code: string;
  readonly sub_msg: string;
}

const missing = (subCode: string, subMsg: string): Refusal => ({
  code: '40001',
  msg: 'Missing Required Arguments',
  sub_code: `isv.missing-${subCode}`,
  sub_msg: subMsg,
});

/**
 * Required parameters, each with its refusal (D: public codes), in the order in which they are looked for (M, except
 * that an app which is unknown is refused before a missing sign, D: probed).
 */
export const requiredParameters: readonly (readonly [name: string, refusal: Refusal])[] = [
  ['method', missing('method', '缺少方法名参数')],
  ['app_id', missing('app-id', '缺少appId参数')],
  ['sign_type', missing('signature-type', '缺少签名类型参数')],
  ['sign', missing('signature', '缺少签名参数')],
  ['timestamp', missing('timestamp', '缺少时间戳参数')],
  ['version', missing('version', '缺少版本参数')],
];

const invalid = (subCode: string, subMsg: string): Refusal => ({
  code: '40002',
  msg: 'Invalid Arguments',
  sub_code: `isv.invalid-${subCode}`,
  sub_msg: subMsg,
});

const failed = (subCode: string, subMsg: string): Refusal => ({
  code: '40004',
  msg: 'Business Failed',
  sub_code: `ACQ.${subCode}`,
  sub_msg: subMsg,
});

/** Every other refusal: codes D, except that which of them belongs to which bad value of an order is M. */
export const refusals = {
  appId: invalid('app-id', '无效的appId参数'),
  method: invalid('method', '不存在的方法名'),
  signType: invalid('signature-type', '无效的签名类型'),
  timestamp: invalid('timestamp', '非法的时间戳参数'),
  /** The vendor adds the text that it verified, with `&` and quotes escaped as in HTML (S). */
  signature: (text: string) => {
    const shown = text.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
    return invalid('signature', `验签出错，网关生成的验签字符串为：${shown}`);
  },
  parameter: failed('INVALID_PARAMETER', '参数无效'),
  otherAmount: failed('CONTEXT_INCONSISTENT', '交易信息被篡改'),
  closed: failed('TRADE_HAS_CLOSE', '交易已经关闭'),
  alreadyPaid: failed('TRADE_HAS_SUCCESS', '交易已被支付'),
  unknownTrade: failed('TRADE_NOT_EXIST', '交易不存在'),
  /** Of a query, with the fields that come along (D: an answer in Luncher/alipay#14). */
  queriedTrade: (outTradeNo?: string): Refusal => ({
    ...failed('TRADE_NOT_EXIST', '交易不存在'),
    ...{ buyer_pay_amount: '0.00', invoice_amount: '0.00', point_amount: '0.00', receipt_amount: '0.00' },
    ...(outTradeNo !== undefined && { out_trade_no: outTradeNo }),
  }),
  /** Closing what was paid: only what waits for its buyer can be closed (D); refunding what was not paid (code D). */
  tradeStatus: failed('TRADE_STATUS_ERROR', '交易状态不合法'),
  refundFee: failed('REASON_TRADE_REFUND_FEE_ERR', '退款金额无效'),
  refundTooLarge: failed('REFUND_AMT_NOT_EQUAL_TOTAL', '退款金额超限'),
  /** The same out_request_no with another amount (D, with the two fields that come along). */
  otherRefund: { ...failed('DISCORDANT_REPEAT_REQUEST', '退款金额不一致'), refund_fee: '0.00', send_back_fee: '0.00' },
  noFunds: failed('SELLER_BALANCE_NOT_ENOUGH', '卖家余额不足'),
  /** No such kind of bill, no day, or one that is not over: so it is in answers that people met, not in the docs. */
  billArguments: { ...failed('INVALID_ARGUMENTS', '参数错误'), sub_code: 'isv.invalid_arguments' },
  /** Of a day without a bill; BILL_NOT_EXIST in the docs (D: open.alitrip.com articleId=104674), this in answers. */
  noBill: { ...failed('BILL_NOT_EXIST', '账单不存在'), sub_code: 'isp.bill_not_exist' },
  /** Nobody knows whether it was done: the same number again (D). */
  systemError: failed('SYSTEM_ERROR', '系统错误'),
  /** The public codes of the gateway (D: its table of public return codes). */
  tooOften: {
    code: '40005',
    msg: 'Call Limited',
    sub_code: 'isv.app-call-limited',
    sub_msg: '应用调用次数超限，包含调用频率超限',
  },
  unavailable: {
    code: '20000',
    msg: 'Service Currently Unavailable',
    sub_code: 'isp.unknow-error',
    sub_msg: '服务暂不可用（业务系统不可用）',
  },
} as const;
