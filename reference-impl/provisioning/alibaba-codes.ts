/** What the cloud's answers mean for a call that is to be made again, or not. */
import type { Failure } from '../resilience/failure.ts';

/** A rule for answers that are no success. */
interface Row extends Pick<Failure, 'kind' | 'isStrain'> {
  fits(status: number, code: string): boolean;
}

/** The first row that fits counts. Code names as the vendor's pages have them. */
const rows: readonly Row[] = [
  // Turned away at the gateway, before anything happened.
  { fits: (status, code) => status === 429 || /^Throttling/.test(code), kind: 'retry', isStrain: true },
  { fits: (_status, code) => /^ServiceUnavailable/.test(code), kind: 'retry', isStrain: true },
  // Our own nonce was drawn twice: it says nothing about the cloud.
  { fits: (_status, code) => code === 'SignatureNonceUsed', kind: 'retry' },
  // Nobody knows whether it happened.
  { fits: (status) => status >= 500, kind: 'unknown', isStrain: true },
  {
    fits: (_status, code) => /^(InternalError|CreditInnerError|SystemError)$/.test(code),
    kind: 'unknown',
    isStrain: true,
  },
  { fits: (_status, code) => code === '' || code === '200', kind: 'unknown' },
];

/** What follows from an answer that is no success; codes that are not listed refuse, and a person must look. */
export const classOf = (status: number, code: string): Failure => {
  const { kind, isStrain = false } = rows.find((row) => row.fits(status, code)) ?? { kind: 'refused' };
  return { kind, isStrain, reason: `HTTP ${status} ${code}` };
};
