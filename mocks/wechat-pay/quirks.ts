/**
 * Facts about WeChat Pay's APIv3 that no code can show. Marks: R run with an SDK (wechatpay-axios-plugin 0.9.6,
 * wechatpay-node-v3 2.2.1), S read in its code, D the vendor's docs, whose pages are named by their numbers
 * (pay.weixin.qq.com/doc/v3/merchant/<number>), or a quoted log of the real service, M from memory: check before
 * relying on it, C chosen here, which claims nothing.
 *
 * D, where no page is named: orders 4012525153 (h5) and
 * pay.weixin.qq.com/docs/merchant/products/in-app-payment/apilist.html (app), closing 4012556398, bills 4013071254,
 * statuses pay.weixin.qq.com/wiki/doc/apiv3/Share/error_code.shtml (which adds that a 429 of a refund does not tell
 * that it was not accepted), and what is linked from 4012791874.
 *
 * Simpler here, or chosen where the docs are silent: one key of the platform serves both ways to verify (really
 * two); a refund ends two seconds after it was accepted (really up to days), as SUCCESS or ABNORMAL, never CLOSED;
 * an address for notices may be plain http and on loopback, which the vendor refuses (D); the address that a
 * merchant configures on the vendor's site, for refunds without one of their own, is that of the order; an h5_url
 * does not end after five minutes, and the same parameters again answer the same one, not a new one (D:
 * developers.weixin.qq.com/community/pay/doc/0000228524cf1005f9fd83ee851400); closing a closed order answers 204 (D:
 * developers.weixin.qq.com/community/pay/doc/00048a1efdc23011142d839d351800), closing a number that nobody knows 404
 * ORDER_NOT_EXIST, as the docs of closing have it, where the same developers met a 204. Probes come by request
 * (`--tamper probe`), not by themselves. No fees are taken, and the merchant's account begins each bill at 0.00;
 * every day has a bill, also one on which nothing happened, which the vendor refuses (D). Not modelled: codes that a
 * buyer shows, and so USERPAYING, REVOKED and PAYERROR; orders of several merchants at once; service providers
 * (/v3/pay/partner); profit sharing; the ciphers of SM2.
 */

/** The operations served, as the vendor writes them (D). */
export const operations = {
  native: 'POST /v3/pay/transactions/native',
  jsapi: 'POST /v3/pay/transactions/jsapi',
  app: 'POST /v3/pay/transactions/app',
  h5: 'POST /v3/pay/transactions/h5',
  byTransactionId: 'GET /v3/pay/transactions/id/{transaction_id}',
  byOutTradeNo: 'GET /v3/pay/transactions/out-trade-no/{out_trade_no}',
  close: 'POST /v3/pay/transactions/out-trade-no/{out_trade_no}/close',
  refund: 'POST /v3/refund/domestic/refunds',
  refundQuery: 'GET /v3/refund/domestic/refunds/{out_refund_no}',
  certificates: 'GET /v3/certificates',
  tradeBill: 'GET /v3/bill/tradebill',
  fundFlowBill: 'GET /v3/bill/fundflowbill',
  /** Its address is in the answers of the two before; its answer is not signed (D). */
  billFile: 'GET /v3/billdownload/file',
} as const;

/** Seconds before each retry of a notice: 15 retries within 24h4m (D 4012791836). */
export const retryAfterS: readonly number[] = [
  15, 15, 30, 180, 600, 1_200, 1_800, 1_800, 1_800, 3_600, 10_800, 10_800, 10_800, 21_600, 21_600,
];

/** How long the vendor waits for the answer to a notice (D 4012075420). */
export const answerWithinMs = 5_000;

/** The statuses that stop the retries; the body does not count (D 4012791836). */
export const acknowledgements: readonly number[] = [200, 204];

/** How far a timestamp may be from now, either way (D; the SDK checks answers alike, R). */
export const timestampWindowMs = 300_000;

/** Probes carry a signature that begins so and never verifies; the genuine notice follows (D 4013053249). */
export const probePrefix = 'WECHATPAY/SIGNTEST/';

/** 6 to 32 of these characters (D 4012791877). */
export const outTradeNoForm = /^[\w\-|*]{6,32}$/;

/** 1 to 64 of these characters (D 4012810597). */
export const outRefundNoForm = /^[\w\-|*@]{1,64}$/;

/** Most refunds of one payment (D 4012587971). */
export const refundsMax = 50;

/** Refused refunds within a second, after which each further one is answered 429 (D 4012587971: 6 a second). */
export const refusedRefundsMax = 6;

/** From when on the bill of the day before is there, in Beijing (D: after ten). */
export const billReadyAfterMs = 10 * 3_600_000;

/** How long the address of a bill's file is valid (D: five minutes on newer pages). */
export const billUrlLivesMs = 300_000;

/** How long a refund stays PROCESSING (C). */
export const refundTakesMs = 2_000;

/** What the mock issues (C). New merchants verify by public key, old ones by platform certificate; never both (D). */
export const merchant = {
  appid: 'wx0000000000000001',
  mchid: '1900000001',
  certificateMchid: '1900000002',
  merchantSerial: '3A6F0E5C1B2D49788F70A1B2C3D4E5F600112233',
  apiV3Key: 'topple-test-api-v3-key-32-bytes!',
  publicKeyId: 'PUB_KEY_ID_0119000000012026010100000000000000',
  platformSerial: '5B7C1D2E3F4051627384950A1B2C3D4E5F607182',
} as const;

/** The serial number of a platform certificate that has run out (C); no merchant has it any more. */
export const staleSerial = '1A2B3C4D5E6F708192A3B4C5D6E7F80911223344';

/** The APIv3 key of somebody else's (C), whose notices the platform signs as it signs ours. */
export const otherApiV3Key = 'somebody-else-api-v3-key-32-byte';

/** The one buyer, as the merchant's app knows him (D: 28 characters). */
export const buyer = { openid: 'oTopple000000000000000000001' } as const;

/** A refusal: HTTP status, code and message. */
export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

const refusal = (status: number, code: string, message: string): Refusal => ({ status, code, message });

/** The refusals. Codes and statuses D, messages D where a log of the real service shows them and M elsewhere. */
export const refusals = {
  authorization: refusal(401, 'SIGN_ERROR', 'Http头Authorization值格式错误，请参考《微信支付商户REST API签名规则》'),
  timestamp: refusal(401, 'SIGN_ERROR', 'Http头Authorization中的timestamp与发起请求的时间不得超过5分钟'),
  serial: refusal(401, 'SIGN_ERROR', '商户证书序列号有误。请使用签名私钥匹配的证书序列号'),
  signature: refusal(401, 'SIGN_ERROR', '错误的签名，验签失败'),
  /** Asked of certificates and refunds alone, and before the signature (D: probed without credentials). */
  userAgent: refusal(400, 'INVALID_REQUEST', 'Http头缺少Accept或User-Agent'),
  parameter: (name: string, place = 'body') =>
    refusal(400, 'PARAM_ERROR', `输入源“/${place}/${name}”映射到值字段“${name}”校验失败`),
  /** Of the merchant that a body or a query names. Who signs as an unknown one signs wrongly (D: probed likewise). */
  unknownMerchant: refusal(400, 'MCH_NOT_EXISTS', '商户号不存在'),
  otherMerchant: refusal(400, 'INVALID_REQUEST', '商户号与签名的商户号不一致'),
  appid: refusal(400, 'APPID_MCHID_NOT_MATCH', 'appid和mch_id不匹配'),
  numberUsed: refusal(403, 'OUT_TRADE_NO_USED', '商户订单号重复'),
  paid: refusal(400, 'ORDERPAID', '该订单已支付'),
  closed: refusal(400, 'ORDER_CLOSED', '订单已关闭'),
  unknownOrder: refusal(404, 'ORDER_NOT_EXIST', '订单不存在'),
  /** Also for an order that was not paid: it cannot be refunded (D). */
  nothingToRefund: refusal(404, 'RESOURCE_NOT_EXISTS', '订单号不存在'),
  unknownRefund: refusal(404, 'RESOURCE_NOT_EXISTS', '退款单不存在'),
  refundDiffers: refusal(400, 'INVALID_REQUEST', '订单金额或退款金额与之前请求不一致，请核实后再试'),
  refundTooLarge: refusal(400, 'INVALID_REQUEST', '申请退款金额超过可退金额'),
  tooManyRefunds: refusal(400, 'INVALID_REQUEST', '订单部分退款次数超过50次'),
  noFunds: refusal(403, 'NOT_ENOUGH', '基本账户余额不足，请充值后重新发起'),
  systemError: refusal(500, 'SYSTEM_ERROR', '系统异常，请用相同参数重新调用'),
  tooOften: refusal(429, 'FREQUENCY_LIMITED', '频率限制'),
  /** Codes, statuses and words D (4013071254; partner/apis/combine-payment-identity/bill-download). */
  billNotReady: refusal(400, 'STATEMENT_CREATING', '账单生成中'),
  noBill: refusal(400, 'NO_STATEMENT_EXIST', '请求的账单文件不存在'),
  noCertificates: refusal(404, 'RESOURCE_NOT_EXISTS', '无可用的平台证书，请在商户平台-API安全申请使用微信支付公钥。'),
} as const;

/** What the docs say of each state of an order (D). */
export const stateDescriptions = {
  NOTPAY: '订单未支付',
  SUCCESS: '支付成功',
  REFUND: '订单发生过退款，退款详情请查询退款单',
  CLOSED: '订单已关闭',
} as const;
