/** A bank as the service's own tests need it: entries that can be told while they run, signed as RFC 9421 has it. */
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import type { BankTransferConfig } from './config.ts';
import type { Http } from './ports.ts';
import { beginMs } from './test-world.ts';

const bank = generateKeyPairSync('ed25519');
const client = generateKeyPairSync('ed25519');

/** Keys that no bank of ours has. */
export const stranger = generateKeyPairSync('ed25519').privateKey;

/** What that bank and the service agreed on. */
export const bankConfig: BankTransferConfig = {
  url: 'http://bank.test',
  clientKeyId: 'ours-1',
  clientPrivateKey: client.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
  bankKeyId: 'bank-1',
  bankPublicKey: bank.publicKey.export({ format: 'pem', type: 'spki' }).toString(),
  ibanCNY: 'DE01CNY',
  ibanUSD: 'DE01USD',
};

/** Changes of what is usual about a signature. */
export interface Signing {
  readonly key?: typeof bank.privateKey;
  readonly keyId?: string;
  readonly createdMs?: number;
}

/** The headers of a message whose components have these values, in this order. */
export const bankHeaders = (body: string, parts: Readonly<Record<string, string>>, signing: Signing = {}): Headers => {
  const { key = bank.privateKey, keyId = 'bank-1', createdMs = beginMs } = signing;
  const digest = `sha-256=:${createHash('sha256').update(body).digest('base64')}:`;
  const known: Readonly<Record<string, string>> = { '"content-type"': 'application/xml', '"content-digest"': digest };
  const parameters = `(${Object.keys(parts).join(' ')});created=${createdMs / 1_000};keyid="${keyId}";alg="ed25519"`;
  const lines = Object.entries(parts).map(([name, value]) => `${name}: ${known[name] ?? value}`);
  const base = [...lines, `"@signature-params": ${parameters}`].join('\n');
  return new Headers({
    'content-type': 'application/xml',
    'content-digest': digest,
    'signature-input': `sig=${parameters}`,
    signature: `sig=:${sign(null, Buffer.from(base), key).toString('base64')}:`,
  });
};

/** An entry as the bank would tell it; `remittance` is XML. */
export interface ToldEntry {
  readonly id: string;
  readonly amount?: string;
  readonly remittance?: string;
  readonly side?: 'CRDT' | 'DBIT';
  readonly status?: 'BOOK' | 'PDNG';
}

const entryXml = ({ id, amount = '10.00', remittance = '', side = 'CRDT', status = 'BOOK' }: ToldEntry): string =>
  `<Ntry><NtryRef>n-${id}</NtryRef><Amt Ccy="CNY">${amount}</Amt><CdtDbtInd>${side}</CdtDbtInd>` +
  `<Sts><Cd>${status}</Cd></Sts><AcctSvcrRef>${id}</AcctSvcrRef>` +
  `<NtryDtls><TxDtls>${remittance && `<RmtInf>${remittance}</RmtInf>`}</TxDtls></NtryDtls></Ntry>`;

/** A message about `iban`: a report (camt.052), or a notice (camt.054). */
export const bankMessage = (
  kind: '052' | '054',
  iban: string,
  entries: readonly ToldEntry[],
  isLast = true,
): string => {
  const [message, report] = kind === '052' ? ['BkToCstmrAcctRpt', 'Rpt'] : ['BkToCstmrDbtCdtNtfctn', 'Ntfctn'];
  return (
    `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.${kind}.001.08"><${message}>` +
    `<GrpHdr><MsgPgntn><PgNb>1</PgNb><LastPgInd>${isLast}</LastPgInd></MsgPgntn></GrpHdr>` +
    `<${report}><Id>message-1</Id><Acct><Id><IBAN>${iban}</IBAN></Id></Acct>${entries.map(entryXml).join('')}` +
    `</${report}></${message}></Document>`
  );
};

/** The yuan account tells `entries`, two on a page; `signing` is how its answers are signed. */
export const stubBank = () => {
  const told: { entries: readonly ToldEntry[]; signing: Signing; asked: string[] } = {
    entries: [],
    signing: {},
    asked: [],
  };
  const http: Http = async (target) => {
    const url = new URL(target);
    told.asked.push(url.pathname + url.search);
    const own = url.pathname.includes(bankConfig.ibanCNY) ? told.entries : [];
    const after = url.searchParams.get('entryReferenceFrom');
    const rest = own.slice(own.findIndex(({ id }) => `n-${id}` === after) + 1);
    const iban = url.pathname.split('/')[3] ?? '';
    const body = bankMessage('052', iban, rest.slice(0, 2), rest.length <= 2);
    const parts = {
      '"@status"': '200',
      '"content-type"': '',
      '"content-digest"': '',
      '"@method";req': 'GET',
      '"@path";req': url.pathname,
      '"@query";req': url.search || '?',
    };
    return { status: 200, headers: bankHeaders(body, parts, told.signing), text: async () => body };
  };
  return { told, http };
};
