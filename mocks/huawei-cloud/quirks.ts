/**
 * Facts about Huawei Cloud's BSS API that no code can show. Marks: R run with the vendor's SDK (huaweicloud-sdk-core
 * 3.1.211 for Node), S read in its code (there, and in huaweicloudsdkbss 3.1.219 and older releases for Python and
 * Go), D a page of support.huaweicloud.com, M from memory: check before relying on it, C chosen here, which claims
 * nothing.
 *
 * D, where no page is named: granting and its refusals support.huaweicloud.com/api-bpconsole/mt_060005.html,
 * transfers support.huaweicloud.com/api-oce/ep_00016.html, version 1.0 zh-cn_topic_0075224543, signatures
 * apig-faq-0003.
 *
 * Chosen where the docs are silent: every account id is a customer's unless it is named below; lists begin with the
 * newest; a transfer that was refused leaves its trans_id free. Not modelled: tokens of IAM (X-Auth-Token) instead
 * of signatures, temporary keys, expired credit, coupons and bonuses.
 */
import type { Granting } from '../granting.ts';

/** The operations served, as the vendor writes them (D, S). */
export const operations = {
  adjust: 'POST /v2/accounts/partner-accounts/adjust-amount',
  reclaim: 'POST /v2/accounts/partner-accounts/reclaim',
  records: 'GET /v2/accounts/partner-accounts/adjust-records',
  recordsV3: 'GET /v3/accounts/partner-accounts/adjust-records',
  partnerBalances: 'GET /v2/accounts/partner-accounts/balances',
  customerBalances: 'POST /v2/accounts/customer-accounts/balances/batch-query',
  transfer: 'POST /v2/enterprises/multi-accounts/transfer-amount',
  transferable: 'GET /v2/enterprises/multi-accounts/transfer-amount',
  retrievable: 'GET /v2/enterprises/multi-accounts/retrieve-amount',
  oldAdjust: 'POST /v1.0/{partner_id}/partner/account-mgr/adjust-amount',
} as const;

const searchable = {
  class: 'L',
  foundBy: [operations.records, operations.recordsV3],
  known: 'R that a repeat grants again; S D that no field is the caller’s own (mt_060005)',
} as const;

/** What may be repeated, and how an attempt is found (R, S, D: `known` of each). */
export const granting: Readonly<Record<string, Granting>> = {
  [operations.adjust]: { ...searchable, amount: 'yuan, JSON number with at most two decimals' },
  [operations.oldAdjust]: { ...searchable, amount: 'yuan, text' },
  [operations.transfer]: {
    class: 'K',
    field: 'trans_id',
    without: 'N',
    repeat: 'refused',
    foundBy: [operations.transfer, operations.retrievable],
    amount: 'yuan, text',
    known: 'D (api-oce ep_00016: at most 32 characters, against repeats; left out, the server makes one)',
  },
};

/** What the mock issues (C); not of the vendor's form, so that no secret scanner takes it for real. */
export const partner = {
  accessKey: 'topple-test-huawei-access-key',
  secretKey: 'topple-test-huawei-secret-key',
  domainId: '0a1b2c3d4e5f40718293a4b5c6d7e8f9',
  /** Somebody of the same partner who may do nothing: every call is answered CBC.0151. */
  deniedAccessKey: 'topple-test-huawei-denied-access-key',
  deniedSecretKey: 'topple-test-huawei-denied-secret-key',
  /** The reseller below the partner, with money of its own. */
  indirectPartnerId: 'b1c2d3e4f5a60718293a4b5c6d7e8f90',
} as const;

/** Accounts with which something is wrong; every other id is a customer of the partner's (C). */
export const oddAccounts = {
  /** Belongs to another partner, or to another enterprise. */
  foreignCustomerId: 'topple-test-customer-of-another-partner',
  /** Buys from the vendor on the partner's advice: no money may be adjusted there. To enterprises it is any member. */
  advisedCustomerId: 'topple-test-customer-on-advice',
  /** The vendor fails on it before anything is done. */
  brokenCustomerId: 'topple-test-customer-that-breaks',
} as const;

/** What each owns at first, in fen (C). */
export const floatsMinor = { partner: 1_000_000_000_00n, reseller: 1_000_00n, enterprise: 1_000_000_000_00n } as const;

/** Calls of one operation in a second before APIG.0308 (D: support.huaweicloud.com/api-oce on flow control: 10/1 s). */
export const callsPerSecondMax = 10;

/** How far X-Sdk-Date may be from now, either way (D: apig-faq-0003). */
export const dateWindowMs = 15 * 60_000;

/** How long a transfer is under way, in which the next one is refused (C; that it is refused D). */
export const transferTakesMs = 200;

/** Most characters of a customer's id, and of a trans_id (D). */
export const lengthsMax = { customerId: 64, transId: 32 } as const;

/** Rows of a page (D). */
export const pageLimits = { max: 100, unasked: 10 } as const;

/** A refusal: HTTP status and what stands in error_code and error_msg. */
export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

const refusal = (status: number, code: string, message: string): Refusal => ({ status, code, message });

const authenticationFailed = (why: string): Refusal =>
  refusal(401, 'APIG.0301', `Incorrect IAM authentication information: ${why}`);

/**
 * The gateway's refusals (D: codes, statuses, the words of a wrong signature and of throttling; the other words M).
 * They carry a request_id, those of the business do not.
 */
export const gatewayRefusals = {
  noRoute: refusal(404, 'APIG.0101', 'The API does not exist or has not been published in the environment'),
  unsigned: authenticationFailed('AK/SK authorization info is missing'),
  signature: authenticationFailed('verify aksk signature fail'),
  accessKey: (accessKey: string) => authenticationFailed(`Get secretKey by ak failed,ak ${accessKey} not exist`),
  date: authenticationFailed('AK/SK Signature expired'),
  tooOften: refusal(
    429,
    'APIG.0308',
    `The throttling threshold has been reached: policy user over ratelimit,limit:${callsPerSecondMax},time:1 second`,
  ),
} as const;

/** The refusals of the business (codes and statuses D; words D, or M where the page has none in English). */
export const refusals = {
  parameter: refusal(400, 'CBC.0100', 'Parameter error.'),
  denied: refusal(403, 'CBC.0151', 'Access denied.'),
  broken: refusal(500, 'CBC.0999', 'Other errors.'),
  noRight: refusal(400, 'CBC.99000000', 'You do not have the permission to operate this customer.'),
  notOurs: refusal(400, 'CBC.99000035', 'This is not a customer of the partner.'),
  reseller: refusal(400, 'CBC.99000037', 'You do not have the permission to operate this reseller.'),
  /** Of an enterprise alone: an account that is no member's may not be granted to (that it is answered so, C). */
  notMember: refusal(400, 'CBC.99000043', 'The allocation to the member account failed.'),
  /** The same where a member's balance is asked for (D: api-oce ep_00008, the version before). */
  noAccount: refusal(400, 'CBC.99000047', 'The account does not exist.'),
  noFunds: refusal(400, 'CBC.99005003', 'Insufficient balance.'),
  usedTransId: refusal(400, 'CBC.99007009', 'Duplicate transaction ID.'),
  underWay: refusal(400, 'CBC.99007461', 'An allocation or reclaim task is not finished. Try again later.'),
} as const;

/** How version 1.0 refuses: with HTTP 200 (D: zh-cn_topic_0075224543). */
export const oldRefusals = {
  noFunds: refusal(200, 'CBC.5003', 'Insufficient balance.'),
  notOurs: refusal(200, 'CBC.5004', 'No permission to operate this customer.'),
  advised: refusal(200, 'CBC.5021', 'Customers on advice cannot be adjusted.'),
} as const;
