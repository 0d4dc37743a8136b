/**
 * Who judges the bank: http-message-signatures signs requests and verifies answers and notices, camt-parser reads
 * messages. It knows camt.053 alone: entries of camt.052 and camt.054 are of the same type, so these are read under the
 * names that camt.053 has for them.
 */
import { createHash, createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { type BankStatementDocument, parseCamt053 } from 'camt-parser';
import { httpbis, type Request as SignedRequest } from 'http-message-signatures';
import { expect, onTestFinished, vi } from 'vitest';
import { systemClock } from '#harness/clock';
import type { OpenProvider, ProviderPorts, WebhookBytes } from '#harness/provider';
import { openSocketDoor } from '../doors/socket.ts';
import { clockAtNewYear, recordingDelivery, testPorts } from '../test-ports.ts';
import { bankTransfer } from './index.ts';

type Identity = OpenProvider['identity'];

const digestOf = (body: Uint8Array): string => `sha-256=:${createHash('sha256').update(body).digest('base64')}:`;

/** How a request is signed; left out: as the bank wants it. */
export interface Signing {
  readonly fields?: readonly string[];
  readonly keyId?: string;
  readonly privateKey?: string;
  readonly atMs?: number;
  readonly body?: string;
  /** What is sent in the place of what the library has signed. */
  readonly onTheWay?: (signed: Sent) => Sent;
}

/** A request as it is sent. */
interface Sent {
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body?: string;
}

/** The request with its signature by http-message-signatures. */
const signedRequest = async (identity: Identity, url: string, method: string, signing: Signing = {}) => {
  const { clientKeyId = '', clientPrivateKey = '' } = identity;
  const { keyId = clientKeyId, privateKey = clientPrivateKey, atMs = systemClock.nowMs(), body } = signing;
  const fields = ['@method', '@authority', '@path', '@query', ...(body === undefined ? [] : ['content-digest'])];
  const headers: Record<string, string> =
    body === undefined ? {} : { 'content-digest': digestOf(Buffer.from(body)), 'content-type': 'text/plain' };
  const key = {
    id: keyId,
    alg: 'ed25519',
    sign: async (data: Buffer) => sign(null, data, createPrivateKey(privateKey)),
  };
  const config = { key, fields: [...(signing.fields ?? fields)], paramValues: { created: new Date(atMs) } };
  return httpbis.signMessage({ ...config, params: ['created', 'keyid', 'alg'] }, { method, url, headers });
};

/** The library takes the tolerance off `created` before it asks how old a signature is (S). */
const fiveMinutes = { maxAge: 600, tolerance: 300 };

/** The bank's key, by its name. */
export const keyLookupOf =
  ({ bankKeyId, bankPublicKey = '' }: Identity) =>
  async ({ keyid }: { readonly keyid?: string }) =>
    keyid !== bankKeyId
      ? null
      : {
          id: keyid ?? '',
          algs: ['ed25519'],
          verify: async (data: Buffer, signature: Buffer) =>
            verify(null, data, createPublicKey(bankPublicKey), signature),
        };

/** Whether an answer to the request is the bank's, whole, and to this very request. */
export const isAnswerOfBank = async (
  identity: Identity,
  request: SignedRequest,
  answer: { readonly status: number; readonly headers: Record<string, string>; readonly body: Uint8Array },
): Promise<boolean> => {
  const requiredFields = ['@status', 'content-digest', '@path', '@query'];
  const config = { keyLookup: keyLookupOf(identity), requiredFields, ...fiveMinutes };
  const isSigned = await httpbis.verifyMessage(config, answer, request).catch(() => false);
  return isSigned === true && answer.headers['content-digest'] === digestOf(answer.body);
};

/** Whether a notice that comes at `nowMs` is the bank's. */
export const isNoticeOfBank = async (identity: Identity, { headers, body }: WebhookBytes, nowMs: number) => {
  vi.useFakeTimers({ toFake: ['Date'], now: nowMs }); // the library looks at the machine's clock
  try {
    const requiredFields = ['@method', 'content-digest'];
    const config = { keyLookup: keyLookupOf(identity), requiredFields, ...fiveMinutes };
    const request = { method: 'POST', url, headers: { ...headers } };
    const isSigned = await httpbis.verifyMessage(config, request).catch(() => false);
    return isSigned === true && headers['Content-Digest'] === digestOf(body);
  } finally {
    vi.useRealTimers();
  }
};

/** A message of the bank under the names of camt.053. */
const asStatement = (text: string): string =>
  text.replaceAll(/BkToCstmr(AcctRpt|DbtCdtNtfctn)>/g, 'BkToCstmrStmt>').replaceAll(/<(\/?)(Rpt|Ntfctn)>/g, '<$1Stmt>');

/** What camt-parser reads. */
export const readMessage = (text: string): Promise<BankStatementDocument> => parseCamt053(asStatement(text));

/** Where notices go in these tests. */
export const url = 'http://merchant.test/webhooks';

/** A bank at the new year with a slip of 88.88 dollars for T1, told to `url`. */
export const slipped = (given: Partial<ProviderPorts> = {}) => {
  const clock = clockAtNewYear();
  const { sent, deliver } = recordingDelivery({ status: 200, body: '' });
  const provider = bankTransfer.open(testPorts({ clock, wall: clock, deliver, ...given }));
  const hand = provider.byHand ?? expect.unreachable();
  hand.order({ reference: 'T1', amountMinor: 8888n, webhookUrl: url });
  return { clock, sent, provider, hand, identity: provider.identity };
};

/** The bank on a socket, asked by signed requests; `ask` answers the body, and whether the library believes it. */
export const openApi = async (given: Partial<ProviderPorts> = {}) => {
  const provider = bankTransfer.open(testPorts(given));
  const door = await openSocketDoor(provider);
  onTestFinished(async () => {
    provider.stop();
    await door.close();
  });
  const { identity } = provider;
  const ask = async (path: string, signing: Signing = {}, method = signing.body === undefined ? 'GET' : 'POST') => {
    const { body, onTheWay = (signed) => signed } = signing;
    const request = await signedRequest(identity, `${door.url}${path}`, method, signing);
    const headers = request.headers as Record<string, string>;
    const response = await fetch(request.url, onTheWay({ method, headers, ...(body !== undefined && { body }) }));
    const answer = {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: new Uint8Array(await response.arrayBuffer()),
    };
    const text = Buffer.from(answer.body).toString();
    return { status: answer.status, text, isOfBank: await isAnswerOfBank(identity, request, answer), answer, request };
  };
  return { provider, identity, door, ask, hand: provider.byHand ?? expect.unreachable() };
};
