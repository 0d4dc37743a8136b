/** Calls for the tests of the Alipay mock: signed by the vendor's SDK, handled without a socket. */
import { AlipaySdk } from 'alipay-sdk';
import type { OpenProvider, ProviderPorts, Reply } from '#harness/provider';
import { clockAtNewYear, testPorts } from '../test-ports.ts';
import { alipay } from './index.ts';

/** Parameters by name, or the fields of an answer. */
export type Fields = Record<string, string>;

/** The biz_content of the order that the tests create. */
export const order = { out_trade_no: 'T1', total_amount: '10.00', subject: 'top-up' };

const inner = ({ body }: Reply): Fields =>
  Object.values<Fields>(JSON.parse(Buffer.from(body).toString()))[0] ?? { empty: 'answer' };

/** The inner answer to a call; `change` may spoil its parameters after they were signed. */
export const ask = (
  provider: OpenProvider,
  method: 'precreate' | 'query',
  bizContent: object,
  change = (all: Fields) => all,
): Fields => {
  const { appId = '', appPrivateKey = '' } = provider.identity;
  const sdk = new AlipaySdk({ appId, privateKey: appPrivateKey, keyType: 'PKCS8' });
  const text = sdk.sdkExecute(`alipay.trade.${method}`, { notifyUrl: 'http://merchant.test/notify', bizContent });
  const query = new URLSearchParams(change(Object.fromEntries(new URLSearchParams(text))));
  const sent = { method: 'POST', path: '/gateway.do', headers: {}, body: new Uint8Array() };
  const answer = provider.handle({ ...sent, query, rawQuery: query.toString() });
  return 'cut' in answer ? { cut: answer.cut } : inner(answer);
};

/** A provider that has the order T1, on a stepped clock. */
export const ordered = (given: Partial<ProviderPorts> = {}) => {
  const clock = clockAtNewYear();
  const provider = alipay.open(testPorts({ clock, wall: clock, ...given }));
  ask(provider, 'precreate', order);
  return { clock, provider };
};
