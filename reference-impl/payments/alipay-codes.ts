/** What the gateway's codes mean for a call that is to be made again, or not. */
import type { Failure } from '../resilience/failure.ts';

/** A code, and a sub_code if only that one is meant. From the vendor's pages as remembered, none is from a contract. */
interface Row extends Pick<Failure, 'kind' | 'isStrain'> {
  readonly code: string;
  readonly subCode?: string;
}

const refused = (code: string, subCode?: string): Row => ({ code, ...(subCode && { subCode }), kind: 'refused' });

/** The first row that fits counts. */
const rows: readonly Row[] = [
  // Alipay itself does not know, or is not well.
  { code: '20000', kind: 'unknown', isStrain: true },
  { code: '40004', subCode: 'ACQ.SYSTEM_ERROR', kind: 'unknown', isStrain: true },
  // Turned away because we called too often.
  { code: '40005', kind: 'retry', isStrain: true },
  // Not a request that could ever be carried out, and our fault: rights, parameters, our signature.
  refused('20001'),
  refused('40001'),
  refused('40002'),
  refused('40006'),
  // This order for good: nobody can pay it.
  refused('40004', 'ACQ.BUYER_SELLER_EQUAL'),
  refused('40004', 'ACQ.EXIST_FORBIDDEN_WORD'),
  refused('40004', 'ACQ.INVALID_PARAMETER'),
  refused('40004', 'ACQ.TOTAL_FEE_EXCEED'),
  refused('40004', 'ACQ.TRADE_HAS_CLOSE'),
];

/**
 * What follows from an answer other than 10000. Codes that are not listed are about Alipay's day or about a trade that
 * exists, and are decided by a query or by the same number sent again: unknown.
 */
export const classOf = (code: string, subCode: string): Failure => {
  const row = rows.find((one) => one.code === code && (one.subCode ?? subCode) === subCode);
  const { kind, isStrain = false } = row ?? { kind: 'unknown' };
  return { kind, isStrain, reason: `code ${code} ${subCode}` };
};
