/**
 * Facts about Alibaba Cloud's BSS OpenAPI that no code can show. Marks: R run with the vendor's SDKs
 * (@alicloud/bssopenapi20171214 4.1.1, @alicloud/pop-core 1.8.0), S read in them, D a page of the vendor or an
 * answer of the real API that somebody published, M from memory: check before relying on it, C chosen here, which
 * claims nothing.
 *
 * D, where no page is named: ChangeResellerConsumeAmount help.aliyun.com/document_detail/142291.html,
 * SetResellerUserQuota help.aliyun.com/document_detail/91990.html, QueryAccountTransactions
 * help.aliyun.com/document_detail/472990.html; the gateway's public errors developer.aliyun.com/ask/278265, which
 * quotes the vendor's page; UnsupportedHTTPMethod help.aliyun.com/document_detail/51132.html.
 *
 * `InternalError` comes with status 400 (D), so today's SDK throws a ClientError for what the vendor failed at (R): who
 * sends again by class gives it up.
 *
 * Chosen where the docs are silent: a repeat with other parameters and a spent quota answer HTTP 200 with Success
 * false; only CNY ledgers exist; any account number that is not named below is known and starts with nothing; the
 * OutBizId of SetResellerUserQuota is kept and shown, and is no key; what customers get leaves the reseller's
 * balance, and is a transaction there. `Data` of a change is the quota after it (D 142291; a newer page calls it
 * what is consumed of it). Simpler here: answers are JSON whatever `Format` asks for, and refusals have no
 * `Recommend`. Not modelled: security tokens of roles, dollars, the pushes of the Marketplace to its sellers,
 * UndefinedError.
 */
import type { Granting } from '../granting.ts';

/** The API's version, in every call's x-acs-version (R). */
export const apiVersion = '2017-12-14';

/** The operations served, as the vendor writes them (D). */
export const operations = {
  change: 'ChangeResellerConsumeAmount',
  set: 'SetResellerUserQuota',
  query: 'QueryResellerAvailableQuota',
  balance: 'QueryAccountBalance',
  transactions: 'QueryAccountTransactions',
} as const;

/** What may be repeated, and how an attempt is found (R, S, D: `known` of each). */
export const granting: Readonly<Record<string, Granting>> = {
  [operations.change]: {
    class: 'K',
    field: 'OutBizId',
    repeat: 'first answer',
    foundBy: [operations.change, operations.query],
    amount: 'yuan, text',
    known: 'S D (OutBizId is required, and documented as the field of idempotency)',
  },
  [operations.set]: {
    class: 'A',
    foundBy: [operations.query],
    amount: 'yuan, text: the quota as it shall be, not what is added',
    known: 'S D; R that of two read-add-set at once one is lost',
  },
};

/** Parameters that an operation cannot do without, in the order in which they are asked for (list D, order C). */
export const requiredParameters: ReadonlyMap<string, readonly string[]> = new Map([
  [operations.change, ['OwnerId', 'AdjustType', 'Amount', 'Currency', 'BusinessType', 'Source', 'OutBizId']],
  [operations.set, ['OwnerId', 'Amount']],
  [operations.query, ['OwnerId']],
  [operations.balance, []],
  [operations.transactions, []],
]);

/** What the mock issues to its reseller (C); not of the vendor's form, so that no secret scanner takes it for real. */
export const reseller = {
  accessKeyId: 'topple-test-access-key-id',
  accessKeySecret: 'topple-test-access-key-secret',
  regionId: 'cn-hangzhou',
  /** A reseller who owns next to nothing. */
  poorAccessKeyId: 'topple-test-poor-access-key-id',
  poorAccessKeySecret: 'topple-test-poor-access-key-secret',
  /** Somebody who may do nothing. */
  deniedAccessKeyId: 'topple-test-denied-access-key-id',
  deniedAccessKeySecret: 'topple-test-denied-access-key-secret',
} as const;

/** Accounts with which something is wrong; every other number is a customer's (C). */
export const oddAccounts = {
  /** Belongs to another reseller. */
  foreignOwnerId: '1000000000000001',
  /** The vendor fails on it before anything is done, once with HTTP 400 and once with HTTP 500. */
  brokenOwnerId: '1000000000000002',
  failingOwnerId: '1000000000000003',
} as const;

/** What each reseller owns at first, in fen (C). */
export const floatsMinor = { rich: 1_000_000_000_00n, poor: 1_000_00n } as const;

/** Calls of any one operation in a second before Throttling.User (C: published nowhere for these operations). */
export const callsPerSecondMax = 100;

/** Rows of a page of transactions, and how far back they go unasked (unasked ones D, the most C). */
export const pageLimits = { max: 300, unasked: 20, unaskedMs: 30 * 24 * 3_600_000 } as const;

/** The endpoint named in errors (D). */
export const hostId = 'business.aliyuncs.com';

/** The signature of today (R); the older one of RPC calls is HMAC-SHA1 over all parameters. */
export const algorithm = 'ACS3-HMAC-SHA256';

/** Headers that must be signed, beside every other x-acs- header that is sent (R). */
export const requiredSignedHeaders: readonly string[] = [
  'host',
  'x-acs-action',
  'x-acs-content-sha256',
  'x-acs-date',
  'x-acs-signature-nonce',
  'x-acs-version',
];

/** How far x-acs-date may be from now, either way (D). */
export const dateWindowMs = 15 * 60_000;

/** A refusal at the gateway: HTTP 4xx with Code and Message. */
export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

const refusal = (status: number, code: string, message: string): Refusal => ({ status, code, message });

/** The gateway's refusals: codes and statuses D unless marked. */
export const refusals = {
  httpMethod: refusal(403, 'UnsupportedHTTPMethod', 'This http method is not supported.'),
  /** An answer of it: developer.aliyun.com/ask/209189; status as that of InvalidApi.NotFound. */
  action: refusal(404, 'InvalidAction.NotFound', 'Specified api is not found, please check your url and method.'),
  /** An answer of it: developer.aliyun.com/ask/54056; status developer.aliyun.com/ask/612698. */
  version: refusal(400, 'InvalidVersion', 'Specified parameter Version is not valid.'),
  incompleteSignature: refusal(400, 'IncompleteSignature', 'The request signature does not conform to the standards.'),
  accessKey: refusal(404, 'InvalidAccessKeyId.NotFound', 'Specified access key is not found.'),
  dateForm: refusal(400, 'InvalidTimeStamp.Format', 'Specified time stamp or date value is not well formatted.'),
  dateExpired: refusal(400, 'InvalidTimeStamp.Expired', 'Specified time stamp or date value is expired.'),
  nonceUsed: refusal(400, 'SignatureNonceUsed', 'Specified signature nonce was used already.'),
  /** The vendor adds the text that it signed, for the caller to compare (D). */
  signature: (text: string) =>
    refusal(
      400,
      'SignatureDoesNotMatch',
      `Specified signature is not matched with our calculation. server string to sign is:${text}`,
    ),
  signatureMethod: refusal(400, 'InvalidSignatureMethod', 'Specified signature method is not valid.'),
  /** D. */
  tooOften: refusal(400, 'Throttling.User', 'Request was denied due to user flow control.'),
  notAuthorized: refusal(400, 'NotAuthorized', 'This API is not authorized for caller.'),
  notApplicable: refusal(400, 'NotApplicable', 'This API is not applicable for caller.'),
  internal: refusal(
    400,
    'InternalError',
    'The request processing has failed due to some unknown error, exception or failure.',
  ),
  inner: refusal(500, 'CreditInnerError', 'This interface has some error. Please try again.'),
  missing: (name: string) => refusal(400, `Missing${name}`, `${name} is mandatory for this action.`),
  /** Of transactions C: their neighbour, the balance, is documented with InvalidParameter (document_detail/472991). */
  parameter: (name: string) => refusal(400, 'ParameterError', `The parameter ${name} is not valid.`),
} as const;

/** Refusals of the business itself, in the envelope that looks like success until `Success` is read (codes C). */
export const businessRefusals = {
  otherParameters: { code: 'OutBizIdConflict', message: 'The OutBizId was used with other parameters.' },
  floatSpent: { code: 'InsufficientBalance', message: 'The available balance of the reseller is not enough.' },
  quotaSpent: { code: 'QuotaNotEnough', message: 'The available quota is not enough.' },
} as const;
