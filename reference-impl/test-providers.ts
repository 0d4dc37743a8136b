/** Providers as the service's own tests need them: each call answered by a function, everything sent kept. */
import { sign } from 'node:crypto';
import type { Http } from './ports.ts';
import { alipayPrivateKey, testConfig } from './test-world.ts';

/** Answers the fields of a call; whatever is thrown instead is a connection that broke. */
export type Answer = (fields: Readonly<Record<string, string>>) => Fields | Promise<Fields>;
type Fields = Readonly<Record<string, unknown>>;

/** What the providers say; the defaults accept everything, know of no payment and grant at once. */
export interface Answers {
  precreate: Answer;
  query: Answer;
  change: Answer;
  quota: Answer;
}

/** Alipay's signature over `text`, as its gateway and its notices carry it. */
const signedByAlipay = (text: string): string => sign('sha256', Buffer.from(text), alipayPrivateKey).toString('base64');

const gatewayAnswer = (method: string, answer: object): string => {
  const inner = JSON.stringify(answer);
  return `{"${method.replaceAll('.', '_')}_response":${inner},"sign":"${signedByAlipay(inner)}"}`;
};

/** The answer of alipay.trade.query about a paid trade. */
export const captured = (orderId: string, yuan: string): Record<string, unknown> => ({
  code: '10000',
  out_trade_no: orderId,
  trade_no: `trade-${orderId}`,
  trade_status: 'TRADE_SUCCESS',
  total_amount: yuan,
});

/** Stubs that can be told their answers while the service runs; `sent` lists `operation reference` per call,
 * `quotaMinor` sums the quotas of all accounts. */
export const stubProviders = () => {
  const sent: string[] = [];
  const quotas = new Map<string, bigint>();
  const granted = new Set<string>();
  const quotaOf = (account: string): bigint => quotas.get(account) ?? 0n;
  const yuan = (amountMinor: bigint): string => `${amountMinor / 100n}.${String(amountMinor % 100n).padStart(2, '0')}`;
  const answers: Answers = {
    precreate: ({ out_trade_no }) => ({ code: '10000', out_trade_no, qr_code: `https://qr.test/${out_trade_no}` }),
    query: () => ({ code: '40004', sub_code: 'ACQ.TRADE_NOT_EXIST' }),
    change: ({ OwnerId = '', OutBizId = '', Amount = '' }) => {
      const raisedMinor = granted.has(OutBizId) ? 0n : BigInt(Amount.replace('.', ''));
      quotas.set(OwnerId, quotaOf(OwnerId) + raisedMinor);
      granted.add(OutBizId);
      return { Success: true, Code: '200', Data: yuan(quotaOf(OwnerId)) };
    },
    quota: ({ OwnerId = '' }) => ({ Success: true, Code: '200', Data: yuan(quotaOf(OwnerId)) }),
  };
  const cloud = async (url: URL, action: string): Promise<string> => {
    const fields = Object.fromEntries(url.searchParams);
    const operation = action === 'ChangeResellerConsumeAmount' ? 'change' : 'quota';
    sent.push(`${operation} ${fields.OutBizId ?? fields.OwnerId}`);
    return JSON.stringify(await answers[operation](fields));
  };
  const gateway = async (url: URL, body: string): Promise<string> => {
    const method = url.searchParams.get('method') ?? '';
    const biz = JSON.parse(new URLSearchParams(body).get('biz_content') ?? '{}') as Record<string, string>;
    const fields = { ...biz, notify_url: url.searchParams.get('notify_url') ?? '' };
    const operation = method === 'alipay.trade.precreate' ? 'precreate' : 'query';
    sent.push(`${operation} ${biz.out_trade_no}`);
    return gatewayAnswer(method, await answers[operation](fields));
  };
  const http: Http = async (target, { headers, body = '' }) => {
    const url = new URL(target);
    const isCloud = target.startsWith(testConfig.clouds['alibaba-cloud']?.url ?? '');
    const text = await (isCloud ? cloud(url, headers['x-acs-action'] ?? '') : gateway(url, body));
    return { status: 200, headers: new Headers(), text: async () => text };
  };
  return {
    http,
    answers,
    sent,
    quotaMinor: () => [...quotas.values()].reduce((sum, quotaMinor) => sum + quotaMinor, 0n),
  };
};

/** A paid notice of Alipay, signed; `changes` are applied before signing. */
export const paidNotice = (orderId: string, changes: Readonly<Record<string, string>> = {}): URLSearchParams => {
  const fields: Record<string, string> = {
    notify_id: `event-${orderId}`,
    app_id: 'app-1',
    seller_id: 'seller-1',
    out_trade_no: orderId,
    trade_no: `trade-${orderId}`,
    trade_status: 'TRADE_SUCCESS',
    total_amount: '10.00',
    ...changes,
  };
  const text = Object.entries(fields)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
  return new URLSearchParams({ ...fields, sign: signedByAlipay(text), sign_type: 'RSA2' });
};
