/**
 * Facts about Alibaba Cloud's BSS OpenAPI that no code can show. Marks: R run with the vendor's SDK, S read in that
 * SDK, D a page of the vendor, M from memory of the vendor's docs: check before relying on it.
 *
 * M, and chosen where the docs are silent: a repeat with other parameters and a spent quota answer HTTP 200 with
 * Success false; `Data` of a change is the quota that can be used after it; only CNY ledgers exist; any account number
 * is known and starts with nothing.
 */

/** The API's version, in every call's x-acs-version (R). */
export const apiVersion = '2017-12-14';

/** The operations served, as the vendor writes them (D). */
export const operations = { change: 'ChangeResellerConsumeAmount', query: 'QueryResellerAvailableQuota' } as const;

/** Parameters that an operation cannot do without, in the order in which they are asked for (list D, order M). */
export const requiredParameters: ReadonlyMap<string, readonly string[]> = new Map([
  [operations.change, ['OwnerId', 'AdjustType', 'Amount', 'Currency', 'BusinessType', 'Source', 'OutBizId']],
  [operations.query, ['OwnerId']],
]);

/** What the mock issues to its one reseller; not of the vendor's form, so that no secret scanner takes it for real. */
export const reseller = {
  accessKeyId: 'topple-test-access-key-id',
  accessKeySecret: 'topple-test-access-key-secret',
  regionId: 'cn-hangzhou',
} as const;

/** The endpoint named in errors (D). */
export const hostId = 'business.aliyuncs.com';

/** The only signature served; the older RPC signatures (HMAC-SHA1) are not. */
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
  /** Status M. */
  action: refusal(404, 'InvalidAction.NotFound', 'Specified api is not found, please check your url and method.'),
  /** M. */
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
  missing: (name: string) => refusal(400, `Missing${name}`, `${name} is mandatory for this action.`),
  parameter: (name: string) => refusal(400, 'ParameterError', `The parameter ${name} is not valid.`),
} as const;

/** Refusals of the business itself, in the envelope that looks like success until `Success` is read (codes M). */
export const businessRefusals = {
  otherParameters: { code: 'OutBizIdConflict', message: 'The OutBizId was used with other parameters.' },
  quotaSpent: { code: 'QuotaNotEnough', message: 'The available quota is not enough.' },
} as const;
