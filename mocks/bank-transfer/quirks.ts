/**
 * Facts about money that people transfer, and the bank that tells of it. Marks: R run with a library of npm
 * (http-message-signatures 1.0.6, camt-parser 1.1.0), S read in one, D a standard, M from memory: check before
 * relying on it, C chosen here, which claims nothing.
 *
 * Banks have no HTTP API in common, so this one is put together from standards: ISO 20022 messages in their versions
 * .08 (camt.052, camt.053, camt.054), creditor references (ISO 11649), HTTP Message Signatures (RFC 9421) with
 * content digests (RFC 9530), problem details (RFC 9457). Its routes are made up, after those of the Berlin Group:
 * `entryReferenceFrom` is theirs (D). Messages www.iso20022.org/iso-20022-message-definitions, RFCs
 * www.rfc-editor.org/rfc/rfc9421 and so on.
 *
 * Simpler here: days begin at midnight UTC; signatures have no nonce, and all that can be called are queries.
 */

/** The operations served (C). */
export const operations = {
  /** Statements of days that have ended: camt.053. */
  statement: 'GET /v1/accounts/{account}/statements',
  /** What was booked since an entry: camt.052, of today too. */
  transactions: 'GET /v1/accounts/{account}/transactions',
} as const;

/** Seconds before each retry of a notice (C); after that only statements tell. */
export const retryAfterS: readonly number[] = [60, 300, 1_800, 7_200, 21_600];

/** How long an answer to a notice is awaited (C). */
export const answerWithinMs = 15_000;

/** Any of them ends the retries (C). */
export const isAcknowledged = (status: number): boolean => status >= 200 && status < 300;

/** How far the clocks of both sides may be apart, in both directions (C; RFC 9421 leaves it to the parties). */
export const toleranceMs = 300_000;

/** What a request has to sign at least, beside the digest of a body where it has one (D: up to the parties). */
export const requestComponents: readonly string[] = ['@method', '@authority', '@path', '@query'];

/** What the bank signs of an answer: it belongs to this question, so that no other day's can take its place (D). */
export const answerComponents: readonly string[] = [
  '"@status"',
  '"content-type"',
  '"content-digest"',
  '"@method";req',
  '"@path";req',
  '"@query";req',
];

/** What the bank signs of a notice (C); whose it is stands in the message. */
export const noticeComponents: readonly string[] = ['"@method"', '"content-type"', '"content-digest"'];

/** A transfer arrives within this time after it was ordered, on any day (D: 10 s at best, 1 banking day at worst). */
export const arrivesWithinMs = { min: 300_000, max: 3_300_000 } as const;

/** What goes by paper, or over a bank that is asked about it first (M). */
export const slowMs = 3 * 86_400_000;

/** Money that comes later on a day than this, or on a weekend, counts from the next banking day (M). */
export const valueCutOffMs = 16 * 3_600_000;

/** The statement of a day is there so long after its end (M). */
export const statementAfterMs = 5 * 3_600_000;

/** Entries on a page; `LastPgInd` tells whether it is the last (D). */
export const pageEntriesMax = 20;

/** Bounds of an amount in minor units; pain and camt have 18 digits (D). */
export const amountMinorRange = { min: 1n, max: 99_999_999_999n } as const;

/** The merchant, as it stands in its accounts (C). */
export const merchant = { name: 'Topple Test GmbH', bic: 'TPPLDEFFXXX' } as const;

/** Its accounts, one in each currency; no bank has the code 00000000 (C). */
export const accounts: Readonly<Record<string, string>> = {
  CNY: 'DE09000000000000000001',
  EUR: 'DE79000000000000000002',
  USD: 'DE52000000000000000003',
};

/** Of another customer of the bank (C). */
export const otherAccount = 'DE25000000000000000004';

/** Who pays, and who pays for somebody else (C). */
export const payers = {
  buyer: { name: 'Berta Buyer', iban: 'DE95000000000000000005' },
  other: { name: 'Otto Other', iban: 'DE68000000000000000006' },
} as const;

/** A refusal as problem details. */
export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail: string;
}

const refused = (status: number, code: string, title: string, detail = ''): Refusal => ({
  status,
  code,
  title,
  detail,
});

/** The refusals (C). */
export const refusals = {
  unsigned: refused(401, 'signature-missing', 'The request is not signed', 'Sign it as RFC 9421 says.'),
  unreadable: refused(401, 'signature-unreadable', 'The fields of the signature cannot be read'),
  otherKey: refused(401, 'key-unknown', 'The key of the signature is not known'),
  otherTime: refused(401, 'signature-time', 'The signature is too old, or from the future'),
  uncovered: (component: string) =>
    refused(401, 'component-not-signed', 'Something that has to be signed is not', component),
  wrong: refused(401, 'signature-wrong', 'The signature is not right'),
  otherBody: refused(400, 'digest-wrong', 'The body is not what its digest says'),
  noSuchRoute: (asked: string) => refused(404, 'no-such-route', 'There is no such route', asked),
  otherMethod: (asked: string) => refused(405, 'method-not-allowed', 'This route has no such method', asked),
  noSuchAccount: (account: string) => refused(404, 'no-such-account', 'You have no such account', account),
  noSuchEntry: (entry: string) => refused(404, 'no-such-entry', 'The account has no such entry', entry),
  noSuchDay: (day: string) => refused(400, 'no-such-day', 'That is no day', day),
  noSuchPage: (page: string) => refused(404, 'no-such-page', 'There is no such page', page),
  notYet: (day: string) => refused(404, 'statement-not-ready', 'The statement of that day is not made yet', day),
  tooOften: refused(429, 'too-many-requests', 'There were too many requests', 'Nothing was done.'),
  unavailable: refused(503, 'unavailable', 'The bank is not available'),
} as const;
