/** The bytes of the bank: ISO 20022 messages in XML, and problem details in JSON. */
import { toDecimal } from '#harness/money';
import type { Reply } from '#harness/provider';
import { accounts, merchant, type Refusal, valueCutOffMs } from './quirks.ts';
import { balanceMinor, type Entry } from './states.ts';
import { amountElement, documentOf, element, type Xml } from './xml.ts';

const dayMs = 86_400_000;

/** The day of a moment, as `YYYY-MM-DD`. */
export const dayOf = (atMs: number): string => new Date(atMs).toISOString().slice(0, 10);

const timeOf = (atMs: number): string => `${new Date(atMs).toISOString().slice(0, 19)}Z`;

const isBankingDay = (atMs: number): boolean => ![0, 6].includes(new Date(atMs).getUTCDay());

/** The day from which money counts that was booked at this moment. */
const valueDayOf = (bookedMs: number): string => {
  let atMs = bookedMs % dayMs >= valueCutOffMs ? bookedMs + dayMs : bookedMs;
  while (!isBankingDay(atMs)) atMs += dayMs;
  return dayOf(atMs);
};

/** What a message may say about an entry instead of what is true. */
export interface Told {
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly structured: string | undefined;
  readonly text: string | undefined;
  readonly payer: { readonly name: string; readonly iban: string };
  /** The code of the entry: booked, or only expected. */
  readonly status: 'BOOK' | 'PDNG';
}

/** What is true of an entry. */
export const truthOf = ({ amountMinor, currency, transfer: { written, payer } }: Entry): Told => ({
  amountMinor,
  currency,
  structured: written.structured,
  text: written.text,
  payer,
  status: 'BOOK',
});

const coded = (name: string, code: string): Xml => element(name, element('Cd', code));
const dated = (name: string, day: string): Xml => element(name, element('Dt', day));
const accountOf = (name: string, iban: string): Xml => element(name, element('Id', element('IBAN', iban)));

const remittance = ({ structured, text }: Told): Xml | undefined => {
  if (structured !== undefined) {
    const type = element('Tp', element('CdOrPrtry', element('Cd', 'SCOR')));
    return element('RmtInf', element('Strd', element('CdtrRefInf', type, element('Ref', structured))));
  }
  return text === undefined ? undefined : element('RmtInf', element('Ustrd', text));
};

const detailsOf = ({ id, side, transfer }: Entry, told: Told): Xml => {
  const amount = amountElement('Amt', toDecimal(told), told.currency);
  return element(
    'TxDtls',
    element('Refs', element('AcctSvcrRef', id), element('EndToEndId', transfer.entry?.id ?? id)),
    amount,
    element('CdtDbtInd', side === 'credit' ? 'CRDT' : 'DBIT'),
    element(
      'RltdPties',
      element('Dbtr', element('Pty', element('Nm', told.payer.name))),
      accountOf('DbtrAcct', told.payer.iban),
    ),
    remittance(told),
    side === 'debit' ? element('RtrInf', coded('Rsn', 'FOCR')) : undefined,
  );
};

/** One entry, in the order of elements that the schema has. */
const entryElement = (entry: Entry, told: Told): Xml => {
  const isCredit = entry.side === 'credit';
  const family = element('Fmly', element('Cd', 'RCDT'), element('SubFmlyCd', isCredit ? 'ESCT' : 'RRTN'));
  return element(
    'Ntry',
    element('NtryRef', entry.number),
    amountElement('Amt', toDecimal(told), told.currency),
    element('CdtDbtInd', isCredit ? 'CRDT' : 'DBIT'),
    isCredit ? undefined : element('RvslInd', 'true'),
    coded('Sts', told.status),
    dated('BookgDt', dayOf(entry.bookedMs)),
    dated('ValDt', valueDayOf(entry.bookedMs)),
    element('AcctSvcrRef', entry.id),
    element('BkTxCd', element('Domn', element('Cd', 'PMNT'), family)),
    element('NtryDtls', detailsOf(entry, told)),
  );
};

const ownAccount = (iban: string, currency: string): Xml =>
  element(
    'Acct',
    element('Id', element('IBAN', iban)),
    element('Ccy', currency),
    element('Ownr', element('Nm', merchant.name)),
    element('Svcr', element('FinInstnId', element('BICFI', merchant.bic))),
  );

const balanceElement = (code: 'OPBD' | 'CLBD', entries: readonly Entry[], currency: string, day: string): Xml => {
  const amountMinor = balanceMinor(entries);
  const size = amountMinor < 0n ? -amountMinor : amountMinor;
  return element(
    'Bal',
    element('Tp', element('CdOrPrtry', element('Cd', code))),
    amountElement('Amt', toDecimal({ amountMinor: size, currency }), currency),
    element('CdtDbtInd', amountMinor < 0n ? 'DBIT' : 'CRDT'),
    dated('Dt', day),
  );
};

/** Where a page stands: 1 is the first. */
export interface Page {
  readonly nth: number;
  readonly isLast: boolean;
}

const headOf = (id: string, nowMs: number, { nth, isLast }: Page): Xml =>
  element(
    'GrpHdr',
    element('MsgId', id),
    element('CreDtTm', timeOf(nowMs)),
    element('MsgPgntn', element('PgNb', String(nth)), element('LastPgInd', String(isLast))),
  );

/** What was on the account before, and what came on the day. */
export interface StatementOf {
  readonly currency: string;
  readonly day: string;
  readonly before: readonly Entry[];
  readonly during: readonly Entry[];
}

/** A page of the statement of a day: camt.053, with the balances of the whole day. */
export const statementText = (
  { currency, day, before, during }: StatementOf,
  shown: readonly Entry[],
  page: Page,
  nowMs: number,
): string => {
  const fromMs = Date.parse(day);
  const iban = accounts[currency] ?? '';
  const id = `${iban}-${day}`;
  const period = [element('FrDtTm', timeOf(fromMs)), element('ToDtTm', timeOf(fromMs + dayMs))];
  const statement = element(
    'Stmt',
    element('Id', id),
    element('ElctrncSeqNb', String(fromMs / dayMs)),
    element('LglSeqNb', String(fromMs / dayMs)),
    element('CreDtTm', timeOf(nowMs)),
    element('FrToDt', ...period),
    ownAccount(iban, currency),
    balanceElement('OPBD', before, currency, day),
    balanceElement('CLBD', [...before, ...during], currency, day),
    ...shown.map((entry) => entryElement(entry, truthOf(entry))),
  );
  return documentOf('camt.053.001.08', element('BkToCstmrStmt', headOf(id, nowMs, page), statement));
};

/** A page of what was booked since an entry: camt.052. */
export const reportText = (currency: string, shown: readonly Entry[], page: Page, nowMs: number): string => {
  const iban = accounts[currency] ?? '';
  const id = `${iban}-${nowMs}`;
  const report = element(
    'Rpt',
    element('Id', id),
    element('CreDtTm', timeOf(nowMs)),
    ownAccount(iban, currency),
    ...shown.map((entry) => entryElement(entry, truthOf(entry))),
  );
  return documentOf('camt.052.001.08', element('BkToCstmrAcctRpt', headOf(id, nowMs, page), report));
};

/** What a notice says: one entry of the account `iban`, in the version `schema`. */
export interface Notice {
  readonly id: string;
  readonly iban: string;
  readonly schema: string;
  readonly entry: Entry;
  readonly told: Told;
  readonly nowMs: number;
}

/** The notice of an entry: camt.054. */
export const noticeText = ({ id, iban, schema, entry, told, nowMs }: Notice): string => {
  const notification = element(
    'Ntfctn',
    element('Id', id),
    element('CreDtTm', timeOf(nowMs)),
    ownAccount(iban, told.currency),
    entryElement(entry, told),
  );
  const head = headOf(id, nowMs, { nth: 1, isLast: true });
  return documentOf(schema, element('BkToCstmrDbtCdtNtfctn', head, notification));
};

/** An answer in XML. */
export const xmlReply = (text: string): Reply => ({
  status: 200,
  headers: { 'Content-Type': 'application/xml' },
  body: Buffer.from(text),
});

/** Problem details, under another status where `as` says so. */
export const problemReply = ({ status, code, title, detail }: Refusal, as = status): Reply => ({
  status: as,
  headers: { 'Content-Type': 'application/problem+json' },
  body: Buffer.from(
    JSON.stringify({ type: `https://bank.example/problems/${code}`, title, status, ...(detail !== '' && { detail }) }),
  ),
});
