/** What each mock keeps of its vendor's contract, from the tables that it acts by; a page of the docs prints it. */
import * as alibabaCloud from './alibaba-cloud/quirks.ts';
import * as alipay from './alipay/quirks.ts';
import * as bankTransfer from './bank-transfer/quirks.ts';
import type { Granting } from './granting.ts';
import * as huaweiCloud from './huawei-cloud/quirks.ts';
import type { providers } from './index.ts';
import * as standardWebhooks from './standard-webhooks/quirks.ts';
import * as stripe from './stripe/quirks.ts';
import * as tencentCloud from './tencent-cloud/quirks.ts';
import * as wechatPay from './wechat-pay/quirks.ts';

/** Something about the contract, and how it is known: the marks of `quirks.ts`. */
export interface Stated {
  readonly about: string;
  readonly says: string;
  readonly known: string;
}

/** A refusal as a client sees it; `…` stands for what depends on the call. */
export interface Refused {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/** The contract of one provider. */
export interface Contract {
  readonly signatures: readonly Stated[];
  readonly idempotency: readonly Stated[];
  /** How webhooks are delivered; of providers that send some. */
  readonly delivery?: { readonly retryAfterS: readonly number[]; readonly ends: string; readonly known: string };
  readonly errors: readonly Refused[];
  readonly errorsKnown: string;
  /** Codes of `errors` with which each of these operations may answer, whatever it is asked: who asks comes first. */
  readonly everywhere: { readonly operations: readonly string[]; readonly codes: readonly string[] };
}

type Table<Refusal> = Readonly<Record<string, Refusal | ((...given: readonly string[]) => Refusal)>>;

/** The refusals of tables, those that depend on the call made about nothing in particular. */
/** Those that differ only in what comes beside them are one. */
const refusedIn = <Refusal>(tables: readonly object[], read: (refusal: Refusal) => Refused): readonly Refused[] => {
  const all = tables.flatMap((table) =>
    Object.values(table as Table<Refusal>).map((one) =>
      read(typeof one === 'function' ? (one as (...given: string[]) => Refusal)('…', '…') : one),
    ),
  );
  return [...new Map(all.map((one) => [JSON.stringify(one), one])).values()];
};

interface Plain {
  readonly status?: number;
  readonly code: string;
  readonly message: string;
}

const plain = ({ status = 200, code, message }: Plain): Refused => ({ status, code, message });

const granted = (granting: Readonly<Record<string, Granting>>): readonly Stated[] =>
  Object.entries(granting).map(([about, { class: name, field, without, repeat, foundBy, known }]) => {
    const key = field === undefined ? '' : `, ${field}${without === undefined ? '' : ` (left out: ${without})`}`;
    const again = repeat === undefined ? '' : `, a repeat is ${repeat === 'refused' ? 'refused' : 'the first answer'}`;
    const found = foundBy.length === 0 ? 'nothing tells' : `found by ${foundBy.join(', ')}`;
    return { about, says: `class ${name}${key}${again}; ${found}`, known };
  });

const signed = (about: string, says: string, known: string): Stated => ({ about, says, known });

/** By the ids of the providers. */
export const contracts: Readonly<Record<keyof typeof providers, Contract>> = {
  'alibaba-cloud': {
    signatures: [
      signed('request', 'ACS3-HMAC-SHA256 over headers and query; nonces and dates are checked', 'R'),
      signed('request of RPC', 'HMAC-SHA1 over the sorted query, key SK and `&`', 'R'),
      signed('answer', 'none', 'R'),
    ],
    idempotency: granted(alibabaCloud.granting),
    errors: refusedIn<Plain>([alibabaCloud.refusals, alibabaCloud.businessRefusals], plain),
    errorsKnown: 'mocks/alibaba-cloud/quirks.ts',
    everywhere: {
      operations: Object.values(alibabaCloud.operations),
      codes: [
        'IncompleteSignature',
        'InvalidAccessKeyId.NotFound',
        'InvalidAction.NotFound',
        'InvalidTimeStamp.Expired',
        'InvalidVersion',
        'NotAuthorized',
        'SignatureDoesNotMatch',
        'SignatureNonceUsed',
      ],
    },
  },
  alipay: {
    signatures: [
      signed('request', 'RSA2 over sorted `k=v` of all but `sign`, empty values left out', 'R'),
      signed('answer', 'RSA2 over the exact inner text, in which `/` is `\\/`', 'R'),
      signed('notice', 'RSA2 over sorted decoded `k=v` of all but `sign` and `sign_type`', 'R'),
      signed('v3 request', 'ALIPAY-SHA256withRSA over auth, method, path and query, body, token', 'R'),
      signed('v3 answer', 'alipay-signature over timestamp, nonce, body', 'R'),
    ],
    idempotency: [
      signed('precreate, page.pay', 'out_trade_no: the same amount finds the trade, another one is refused', 'D'),
      signed('refund', 'out_request_no: again with fund_change N; with another amount refused', 'D'),
    ],
    delivery: { retryAfterS: alipay.retryAfterS, ends: '200 and the body `success`, nothing else', known: 'D' },
    errors: refusedIn<alipay.Refusal>([Object.fromEntries(alipay.requiredParameters), alipay.refusals], (one) => ({
      status: 200,
      code: `${one.code} ${one.sub_code}`,
      message: one.sub_msg,
    })),
    errorsKnown: 'codes D; which of them belongs to which bad value partly M; by v3 the same codes with status 400',
    everywhere: {
      operations: Object.values(alipay.methods).filter((one) => one !== alipay.methods.pagePay),
      codes: [
        '40001 isv.missing-signature',
        '40002 isv.invalid-signature',
        '40002 isv.invalid-signature-type',
        '40002 isv.invalid-timestamp',
      ],
    },
  },
  'bank-transfer': {
    signatures: [
      signed('request', 'RFC 9421, ed25519, over `@method`, `@authority`, `@path`, `@query`, digest of a body', 'R'),
      signed('answer', 'over `@status`, content type, digest, and method, path, query of the request', 'R'),
      signed('notice', 'over `@method`, content type and digest (RFC 9530)', 'R'),
    ],
    idempotency: [
      signed('an entry', '`AcctSvcrRef` names it wherever it is told; `NtryRef` counts those of an account', 'M'),
      signed('a transfer', 'nobody asks for one: two under a reference are two', 'M'),
    ],
    delivery: { retryAfterS: bankTransfer.retryAfterS, ends: 'any 2xx within 15 s', known: 'C' },
    errors: refusedIn<bankTransfer.Refusal>([bankTransfer.refusals], ({ status, code, title }) => ({
      status,
      code,
      message: title,
    })),
    errorsKnown: 'made up: the API belongs to no bank',
    everywhere: {
      operations: Object.values(bankTransfer.operations),
      codes: [
        'component-not-signed',
        'key-unknown',
        'no-such-account',
        'signature-missing',
        'signature-time',
        'signature-unreadable',
        'signature-wrong',
      ],
    },
  },
  'huawei-cloud': {
    signatures: [
      signed('request', 'SDK-HMAC-SHA256, one HMAC with the plain SK; no nonce, so a replay verifies', 'R'),
      signed('answer', 'none', 'R'),
    ],
    idempotency: granted(huaweiCloud.granting),
    errors: refusedIn<Plain>([huaweiCloud.gatewayRefusals, huaweiCloud.refusals, huaweiCloud.oldRefusals], plain),
    errorsKnown: 'mocks/huawei-cloud/quirks.ts',
    everywhere: { operations: Object.values(huaweiCloud.operations), codes: ['APIG.0301', 'APIG.0308', 'CBC.0151'] },
  },
  'standard-webhooks': {
    signatures: [
      signed('request', 'none: an API key as Bearer', 'D'),
      signed('answer', 'none', 'D'),
      signed('notice', '`v1`: HMAC-SHA256 over `id.seconds.body` under the bytes behind `whsec_`, in base64', 'R'),
      signed('the same notice', '`v1a`: Ed25519 over the same text under the key of `whpk_`', 'D'),
      signed('for a day after the secret was replaced', 'both, under the new and under the old keys', 'D'),
      signed('each endpoint of the API', 'under keys of its own', 'D'),
    ],
    idempotency: [
      signed('every POST', 'Idempotency-Key is required: the first answer again, for 24 hours', 'D'),
      signed('another request under a key', '422 key-reused', 'D'),
      signed('a key in flight', '409 key-in-use', 'D'),
      signed('payment', 'one per reference that is pending or paid', 'C'),
    ],
    delivery: {
      retryAfterS: standardWebhooks.retryAfterS,
      ends:
        'any 2xx within 15 s; 410 disables the endpoint, and so does the last failure; ' +
        'each retry comes up to a tenth later, or as Retry-After asks',
      known: 'D, the tenth C',
    },
    errors: refusedIn<standardWebhooks.Refusal>([standardWebhooks.refusals], ({ status, code, title }) => ({
      status,
      code,
      message: title,
    })),
    errorsKnown: 'those about keys D; the API belongs to no vendor',
    everywhere: { operations: Object.values(standardWebhooks.operations), codes: ['unauthorized'] },
  },
  stripe: {
    signatures: [
      signed('request', 'none: a secret key as Bearer (R), or as the user of Basic (D)', 'R D'),
      signed('answer', 'none', 'R'),
      signed('notice', 'HMAC-SHA256 over `t.body` under the whole `whsec_…` text', 'R'),
    ],
    idempotency: [
      signed('every POST', 'Idempotency-Key: the first answer once execution began, 500 included, for 24 hours', 'R D'),
      signed('other parameters under a key', '400 idempotency_error', 'R D'),
      signed('a key in flight', '409 idempotency_key_in_use', 'D'),
    ],
    delivery: { retryAfterS: stripe.retryAfterS, ends: 'any 2xx', known: 'D three retries, intervals C' },
    errors: refusedIn<stripe.Refusal>([stripe.refusals], ({ status, error }) => ({
      status,
      code: [error.type, error.code].filter((one) => one !== undefined).join(' '),
      message: error.message,
    })),
    errorsKnown: 'codes, statuses and types D or R; wording partly M',
    everywhere: { operations: Object.values(stripe.operations), codes: ['invalid_request_error'] },
  },
  'tencent-cloud': {
    signatures: [signed('request', 'TC3-HMAC-SHA256, HmacSHA256 or HmacSHA1', 'R'), signed('answer', 'none', 'R')],
    idempotency: granted(tencentCloud.granting),
    errors: refusedIn<Plain>([tencentCloud.commonRefusals, tencentCloud.refusals], plain),
    errorsKnown: 'mocks/tencent-cloud/quirks.ts',
    everywhere: {
      operations: Object.values(tencentCloud.operations),
      codes: [
        'AuthFailure.SecretIdNotFound',
        'AuthFailure.SignatureExpire',
        'AuthFailure.SignatureFailure',
        'AuthFailure.UnauthorizedOperation',
        'InvalidRequest',
        'MissingParameter',
        'NoSuchVersion',
        'RequestLimitExceeded',
        'UnknownParameter',
      ],
    },
  },
  'wechat-pay': {
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
    delivery: { retryAfterS: wechatPay.retryAfterS, ends: '200 or 204 within 5 s', known: 'D' },
    errors: refusedIn<wechatPay.Refusal>([wechatPay.refusals], plain),
    errorsKnown: 'codes and statuses D, wording D where a log shows it',
    everywhere: { operations: Object.values(wechatPay.operations), codes: ['SIGN_ERROR'] },
  },
};
