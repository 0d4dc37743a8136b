/**
 * Facts about Tencent Cloud's partner APIs that no code can show: the international one (intlpartnersmgt 2022-09-28,
 * US dollars) and the mainland one (partners 2018-03-21, yuan). Marks: R run with the vendor's SDKs
 * (tencentcloud-sdk-nodejs-common 4.1.220, tencentcloud-sdk-nodejs-intl-en 3.0.1335), S read in those for Node and
 * Go, D a page of the vendor, M from memory: check before relying on it, C chosen here, which claims nothing.
 *
 * D, where no page is named: www.tencentcloud.com/document/product/1085 with 51424 (AllocateCustomerCredit), 51423
 * (the history), 51419 (the partner's credit); public codes www.tencentcloud.com/document/api/1036/38589; the
 * mainland's cloud.tencent.com/document/api/563 with 19925 (AgentTransferMoney) and 57850
 * (DescribeClientBalanceNew).
 *
 * What the SDKs throw has its code in a field alone: as text, as a log has it, there is none (R).
 *
 * Chosen where the docs are silent: every uin is a customer's unless it is named below; lists begin with the newest
 * and end with an empty page; a credit of nothing is out of range; a replayed call is let in again. Not modelled: a
 * customer whose credit falls to 0 has his services suspended (D); temporary keys (X-TC-Token); bills of agents
 * (DescribeAgentBills); resellers below the partner.
 */
import type { Granting } from '../granting.ts';

/** The operations served, as the vendor writes them (D). */
export const operations = {
  allocate: 'AllocateCustomerCredit',
  history: 'QueryCreditAllocationHistory',
  credits: 'QueryCreditByUinList',
  partnerCredit: 'QueryPartnerCredit',
  transfer: 'AgentTransferMoney',
  balance: 'DescribeClientBalanceNew',
} as const;

/** What may be repeated, and how an attempt is found (R, S, D: `known` of each). */
export const granting: Readonly<Record<string, Granting>> = {
  [operations.allocate]: {
    class: 'R',
    field: 'Remark',
    without: 'L',
    foundBy: [operations.history],
    amount: 'US dollars, JSON number (a float in every SDK)',
    known: 'R that a repeat grants again; S D that the history returns Remark',
  },
  [operations.transfer]: {
    class: 'N',
    foundBy: [operations.balance],
    amount: 'fen, JSON integer',
    known: 'R that a repeat grants again; S D that the answer has a RequestId alone and no list shows transfers',
  },
};

/** One parameter of an operation; `list` ones come as `Name.0`, `Name.1`, … */
export interface Parameter {
  readonly type: 'Float' | 'Integer' | 'String';
  readonly required?: true;
  readonly list?: true;
}

/** What an operation takes: its version, its calls per second (D), its parameters (S). */
export interface Operation {
  readonly version: string;
  readonly callsPerSecondMax: number;
  readonly parameters: Readonly<Record<string, Parameter>>;
}

const [international, mainland] = ['2022-09-28', '2018-03-21'];

/** The table of operations (S, D). */
export const operationTable: ReadonlyMap<string, Operation> = new Map<string, Operation>([
  [
    operations.allocate,
    {
      version: international,
      callsPerSecondMax: 5,
      parameters: {
        AddedCredit: { type: 'Float', required: true },
        ClientUin: { type: 'Integer', required: true },
        Remark: { type: 'String' },
      },
    },
  ],
  [
    operations.history,
    {
      version: international,
      callsPerSecondMax: 5,
      parameters: {
        ClientUin: { type: 'Integer', required: true },
        Page: { type: 'Integer' },
        PageSize: { type: 'Integer' },
      },
    },
  ],
  [
    operations.credits,
    {
      version: international,
      callsPerSecondMax: 5,
      parameters: { UinList: { type: 'Integer', required: true, list: true } },
    },
  ],
  [operations.partnerCredit, { version: international, callsPerSecondMax: 5, parameters: {} }],
  [
    operations.transfer,
    {
      version: mainland,
      callsPerSecondMax: 20,
      parameters: { ClientUin: { type: 'String', required: true }, Amount: { type: 'Integer', required: true } },
    },
  ],
  [
    operations.balance,
    { version: mainland, callsPerSecondMax: 20, parameters: { ClientUin: { type: 'String', required: true } } },
  ],
]);

/** What the mock issues (C); not of the vendor's form, so that no secret scanner takes it for real. */
export const partner = {
  uin: '100000000000',
  secretId: 'topple-test-tencent-secret-id',
  secretKey: 'topple-test-tencent-secret-key',
  /** A partner who owns next to nothing. */
  poorSecretId: 'topple-test-tencent-poor-secret-id',
  poorSecretKey: 'topple-test-tencent-poor-secret-key',
  /** Somebody who may do nothing. */
  deniedSecretId: 'topple-test-tencent-denied-secret-id',
  deniedSecretKey: 'topple-test-tencent-denied-secret-key',
} as const;

/** Accounts with which something is wrong; every other uin is a customer's (C). */
export const oddAccounts = {
  /** Belongs to another partner. */
  foreignUin: '100000000001',
  /** The vendor fails on it before anything is done. */
  brokenUin: '100000000002',
  /** The vendor is too busy to tell of it. */
  busyUin: '100000000003',
} as const;

/** What each partner owns at first, in cents and in fen (C). */
export const floatsMinor = { rich: 1_000_000_000_00n, poor: 1_000_00n } as const;

/** How far a timestamp may be from now, either way (D). */
export const timestampWindowMs = 5 * 60_000;

/** Rows of a page of the history, and uins in one question (the second D, the others C). */
export const limits = { pageSizeMax: 100, pageSizeUnasked: 10, uinsMax: 50 } as const;

/** A refusal, which is answered with HTTP 200 like everything else (R). */
export interface Refusal {
  readonly code: string;
  readonly message: string;
}

const refusal = (code: string, message: string): Refusal => ({ code, message });

/** The refusals of every API of the vendor (codes D; words D for a wrong signature, C after the docs for others). */
export const commonRefusals = {
  authorization: refusal('AuthFailure.InvalidAuthorization', 'The Authorization header is not of the right form.'),
  secretId: refusal(
    'AuthFailure.SecretIdNotFound',
    'The SecretId is not found, please ensure that your SecretId is correct.',
  ),
  expired: refusal(
    'AuthFailure.SignatureExpire',
    'The provided credentials have expired: Timestamp may differ from the time of the server by five minutes.',
  ),
  signature: refusal(
    'AuthFailure.SignatureFailure',
    'The provided credentials could not be validated. Please check your signature is correct.',
  ),
  denied: (action: string) =>
    refusal('AuthFailure.UnauthorizedOperation', `You are not authorized to perform operation (${action}).`),
  method: refusal('UnsupportedProtocol', 'Only GET and POST requests are supported.'),
  request: refusal('InvalidRequest', 'The request is not of the right form.'),
  action: (action: string) => refusal('InvalidAction', `The request action=\`${action}\` is invalid or not found.`),
  version: refusal('NoSuchVersion', 'The requested version does not exist.'),
  missing: (name: string) => refusal('MissingParameter', `The request is missing a required parameter \`${name}\`.`),
  unknown: (name: string) => refusal('UnknownParameter', `The parameter \`${name}\` is not recognized.`),
  type: (name: string) => refusal('InvalidParameter', `The value type of parameter \`${name}\` is not valid.`),
  tooOften: (callsPerSecondMax: number) =>
    refusal(
      'RequestLimitExceeded',
      `Your current request times exceeds the frequency limit \`${callsPerSecondMax}\` for a second. ` +
        'Please reduce the frequency of calls.',
    ),
} as const;

/** The refusals of these APIs (codes S: the Go SDK lists them by operation; words S where it has them, else C). */
export const refusals = {
  outOfRange: refusal(
    'InvalidParameterValue.CreditAmountOutOfRange',
    'The credit quota has exceeded the limit with the newly allocated quota.',
  ),
  noAuth: refusal('UnauthorizedOperation.UinNoAuth', 'The uin is not authorized for this operation.'),
  notCustomer: refusal('UnauthorizedOperation.NotCustomerUin', 'The uin is not a customer of yours.'),
  uinList: refusal('InvalidParameterValue.UinList', 'The list of uins is not valid.'),
  busy: refusal('OperationDenied.ServiceBusy', 'System busy. Please try again later.'),
  failed: refusal('FailedOperation', 'Operation failed.'),
  /** The mainland API has no code of its own for it; only the words tell. */
  noFunds: refusal('FailedOperation', 'The balance is not enough.'),
  amount: refusal('InvalidParameter', 'The amount must be above zero.'),
  unauthorized: refusal('UnauthorizedOperation', 'The customer is not yours.'),
  internal: refusal('InternalError', 'An internal error occurred.'),
} as const;
