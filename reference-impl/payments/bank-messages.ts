/** The bank's messages of ISO 20022 (camt.052, camt.054), read without trust: what cannot be read is nothing. */
import { parseXml, XmlElement } from '@rgrove/parse-xml';

/** One line of an account. Money that is only expected is no entry. */
export interface BankEntry {
  /** The bank's number of it, wherever it is told. */
  readonly id: string;
  /** Where it stands on its account. */
  readonly number: string;
  readonly side: 'credit' | 'debit';
  readonly isBooked: boolean;
  /** Undefined when it cannot be read as an amount with two decimals. */
  readonly amountMinor: bigint | undefined;
  readonly currency: string;
  /** The reference, or the text in its place, as the payer wrote it; '' without one. */
  readonly reference: string;
}

/** A message about one account, or a page of it. */
export interface BankReport {
  readonly id: string;
  readonly iban: string;
  readonly isLastPage: boolean;
  readonly entries: readonly BankEntry[];
}

const childrenOf = (element: XmlElement | undefined, name: string): readonly XmlElement[] =>
  (element?.children ?? []).filter((child): child is XmlElement => child instanceof XmlElement && child.name === name);

const at = (element: XmlElement | undefined, path: string): XmlElement | undefined =>
  path.split('/').reduce((found, name) => childrenOf(found, name)[0], element);

const textAt = (element: XmlElement | undefined, path: string): string => at(element, path)?.text.trim() ?? '';

/** Both currencies of ours have two decimals. */
const minorIn = (decimal: string): bigint | undefined => {
  const [, whole, fraction = ''] = /^(\d{1,15})(?:\.(\d{1,2}))?$/.exec(decimal) ?? [];
  return whole === undefined ? undefined : BigInt(whole + fraction.padEnd(2, '0'));
};

const entryOf = (entry: XmlElement): BankEntry => {
  const remittance = at(entry, 'NtryDtls/TxDtls/RmtInf');
  return {
    id: textAt(entry, 'AcctSvcrRef'),
    number: textAt(entry, 'NtryRef'),
    side: textAt(entry, 'CdtDbtInd') === 'CRDT' ? 'credit' : 'debit',
    isBooked: textAt(entry, 'Sts/Cd') === 'BOOK',
    amountMinor: minorIn(textAt(entry, 'Amt')),
    currency: at(entry, 'Amt')?.attributes.Ccy ?? '',
    reference: textAt(remittance, 'Strd/CdtrRefInf/Ref') || textAt(remittance, 'Ustrd'),
  };
};

const roots: Readonly<Record<string, readonly [message: string, report: string]>> = {
  'urn:iso:std:iso:20022:tech:xsd:camt.052.001.08': ['BkToCstmrAcctRpt', 'Rpt'],
  'urn:iso:std:iso:20022:tech:xsd:camt.054.001.08': ['BkToCstmrDbtCdtNtfctn', 'Ntfctn'],
};

/** The report or notice in `text`; undefined when it is neither, or another version than these. */
export const bankReportIn = (text: string): BankReport | undefined => {
  let root: XmlElement | null;
  try {
    root = parseXml(text).root;
  } catch {
    return undefined;
  }
  const [message, report] = roots[root?.attributes.xmlns ?? ''] ?? [];
  if (root === null || message === undefined || report === undefined) return undefined;
  const told = at(root, `${message}/${report}`);
  const [id, iban] = [textAt(told, 'Id'), textAt(told, 'Acct/Id/IBAN')];
  if (id === '' || iban === '') return undefined;
  const isLastPage = textAt(root, `${message}/GrpHdr/MsgPgntn/LastPgInd`) !== 'false';
  return { id, iban, isLastPage, entries: childrenOf(told, 'Ntry').map(entryOf) };
};
