/** Calls to the bank: queries alone, signed by http-message-signatures' rules with Node's own Ed25519. */
import { createHash, createPrivateKey, sign } from 'node:crypto';
import { ToppleError } from '#harness/errors';
import type { Call, OpenProvider, Reply } from '#harness/provider';
import type { Random } from '#harness/seed';
import { bankTransfer } from '../bank-transfer/index.ts';
import { accounts, operations } from '../bank-transfer/quirks.ts';
import type { Draw, FuzzTarget } from './fuzz.ts';
import { objectIn } from './json-reply.ts';
import { someDeed, someNumber } from './people.ts';
import { drawOddText } from './values.ts';

const host = 'bank.example';

/** As a client builds it, line by line; `names` are the components. */
const signatureOf = (call: Omit<Call, 'query'>, names: readonly string[], { identity, nowMs, isRight }: Draw) => {
  const parts: Readonly<Record<string, string>> = {
    '@method': call.method,
    '@authority': host,
    '@path': call.path,
    '@query': `?${call.rawQuery}`,
    ...call.headers,
  };
  const created = Math.floor(nowMs / 1_000);
  const list = names.map((name) => `"${name}"`).join(' ');
  const parameters = `(${list});created=${created};keyid="${identity.clientKeyId}";alg="ed25519"`;
  const lines = names.map((name) => `"${name}": ${parts[name]}`);
  const base = [...lines, `"@signature-params": ${parameters}`].join('\n');
  const key = createPrivateKey(identity.clientPrivateKey ?? '');
  const signature = sign(null, Buffer.from(isRight ? base : `${base} `), key).toString('base64');
  return { 'signature-input': `sig=${parameters}`, signature: `sig=:${signature}:` };
};

const drawQuery = (random: Random, operation: string): string => {
  const fields: [string, string][] = [];
  const day = random.pick(['2025-12-31', '2025-12-30', '2026-01-01', '2026-13-01', drawOddText(random)]);
  if (operation === operations.statement) fields.push(['day', day]);
  if (operation === operations.transactions && random.unit() < 0.6)
    fields.push(['entryReferenceFrom', random.pick(['000000001', '000000009', drawOddText(random)])]);
  if (random.unit() < 0.2) fields.push(['page', random.pick(['1', '2', '99', drawOddText(random)])]);
  return new URLSearchParams(fields).toString();
};

/** A part of the signature is now and then missing, of another key, or unreadable: it is then not authentic. */
const spoiled = (headers: Record<string, string>, random: Random): Record<string, string> => {
  const { 'signature-input': input = '', signature = '' } = headers;
  return random.pick([
    { ...headers, 'signature-input': input.replace('merchant', 'nobody') },
    { ...headers, 'signature-input': drawOddText(random) || 'x' },
    { ...headers, signature: signature.replace('sig=', 'other=') },
    { host },
  ]);
};

/** Of the body that no query has, or of another. */
const drawDigest = (random: Random): Record<string, string> => {
  const body = random.pick(['', 'x']);
  return { 'content-digest': `sha-256=:${createHash('sha256').update(body).digest('base64')}:` };
};

const drawCall = (draw: Draw): Call => {
  const { random } = draw;
  const operation = random.pick([
    ...Object.values(operations),
    'GET /v1/none',
    `POST ${operations.statement.slice(4)}`,
  ]);
  const [method = '', template = ''] = operation.split(' ');
  const account = random.pick([...Object.values(accounts), ...Object.values(accounts), 'DE00', 'constructor']);
  const rawQuery = drawQuery(random, operation);
  const bare = { method, path: template.replace('{account}', account), rawQuery, body: Buffer.from('') };
  const names = random.integer(1, 30) === 1 ? ['@method'] : ['@method', '@authority', '@path', '@query'];
  const digested = random.integer(1, 20) === 1 ? drawDigest(random) : {};
  const fields = signatureOf({ ...bare, headers: digested }, [...names, ...Object.keys(digested)], draw);
  const headers = { host, ...digested, ...fields };
  const isSpoiled = random.integer(1, 20) === 1;
  return { ...bare, query: new URLSearchParams(rawQuery), headers: isSpoiled ? spoiled(headers, random) : headers };
};

const codeOf = (reply: Reply): string => {
  const text = Buffer.from(reply.body).toString();
  if (!('Signature' in reply.headers)) throw new Error(`HTTP ${reply.status} without a signature`);
  if (reply.status === 200) {
    if (!text.startsWith('<?xml') || !text.includes('<BkToCstmr')) throw new Error(`no message: ${text.slice(0, 100)}`);
    return 'ok';
  }
  const { type, title, status } = objectIn(reply);
  if (typeof type !== 'string' || typeof title !== 'string' || status !== reply.status)
    throw new Error(`HTTP ${reply.status} without problem details`);
  return type.slice(type.lastIndexOf('/') + 1);
};

/** Slips are printed by hand, and people fill them in. */
const people = (open: OpenProvider, random: Random): void => {
  const isNew = random.integer(1, 4) === 1;
  try {
    if (isNew) open.byHand?.order({ reference: someNumber(random), amountMinor: 1000n, webhookUrl: '' });
  } catch (error) {
    if (!(error instanceof ToppleError)) throw error;
  }
  someDeed(open, random);
};

/** The bank as a target: no call can change anything, and what people do comes between calls. */
export const bankTransferTarget: FuzzTarget = {
  provider: bankTransfer,
  drawSigned: drawCall,
  codeOf,
  byHand: people,
};
