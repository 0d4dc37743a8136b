/** Alipay's calls that have to end in its sandbox as they end at the mock, by alipay-sdk. */
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { AlipayRequestError, AlipaySdk } from 'alipay-sdk';
import { type Ask, type Contract, NoAnswer, type Side, Unusable } from './contract.ts';

const clientOf = ({ url, credentials }: Side, given: Readonly<Record<string, string>> = {}): AlipaySdk => {
  const { appId = '', privateKey = '', publicKey = '', ...others } = { ...credentials, ...given };
  const keyType = privateKey.includes('BEGIN RSA PRIVATE KEY') ? 'PKCS1' : 'PKCS8';
  const config = { appId, privateKey, keyType, alipayPublicKey: publicKey, ...others } as const;
  return new AlipaySdk({ ...config, gateway: `${url}/gateway.do`, endpoint: url, camelcase: false });
};

const lost = (error: unknown): never => {
  throw new NoAnswer(String(error), { cause: error });
};

/** What a method answers; its signature is verified unless the gateway cannot tell whose key to answer for. */
const exec = (sdk: AlipaySdk, method: string, bizContent: object, validateSign = true): Promise<object> =>
  sdk
    .exec(method, { bizContent }, { validateSign })
    .then(({ traceId: _, trace_id: __, ...body }) => ({ status: 200, body }), lost);

/** The same by OpenAPI v3; the SDK verifies whatever is no refusal. */
const curl = (sdk: AlipaySdk, method: 'GET' | 'POST', path: string, given: object): Promise<object> =>
  sdk.curl(method, path, given).then(
    ({ responseHttpStatus: status, data }) => ({ status, body: data }),
    (error: unknown) => {
      if (!(error instanceof AlipayRequestError) || error.responseHttpStatus === undefined) return lost(error);
      const { responseHttpStatus: status, code, message } = error;
      return { status, body: { code, message: message.replace(/ \(traceId: .*\)$/, '') } }; // the SDK's own addition
    },
  );

const ordering = (sdk: AlipaySdk, run: string): Readonly<Record<string, Ask>> => {
  const order = { out_trade_no: `${run}_1`, total_amount: '88.88', subject: '充值 100% / "a&b"' };
  const precreate =
    (change: object): Ask =>
    () =>
      exec(sdk, 'alipay.trade.precreate', { ...order, ...change });
  return {
    precreate: precreate({}),
    'precreate it again': precreate({}),
    'precreate its number with another amount': precreate({ total_amount: '88.89' }),
    'precreate without an amount': precreate({ out_trade_no: `${run}_2`, total_amount: undefined }),
    'precreate without a number': precreate({ out_trade_no: undefined }),
    'precreate without a subject': precreate({ out_trade_no: `${run}_3`, subject: undefined }),
    'precreate for nothing': precreate({ out_trade_no: `${run}_4`, total_amount: '0.00' }),
    'precreate for a part of a fen': precreate({ out_trade_no: `${run}_5`, total_amount: '0.001' }),
    'precreate for too much': precreate({ out_trade_no: `${run}_6`, total_amount: '100000000.01' }),
    'precreate for a word': precreate({ out_trade_no: `${run}_7`, total_amount: 'much' }),
    'precreate under a number with a sign': precreate({ out_trade_no: `${run}#8` }),
  };
};

/** A code that nobody has scanned is no trade, whatever is asked about it. */
const beforeTheScan = (sdk: AlipaySdk, run: string): Readonly<Record<string, Ask>> => {
  const out_trade_no = `${run}_1`;
  const ask =
    (name: string, fields: object = {}): Ask =>
    () =>
      exec(sdk, `alipay.trade.${name}`, { out_trade_no, ...fields });
  return {
    'query what nobody has scanned': ask('query'),
    'close what nobody has scanned': ask('close'),
    'refund what nobody has scanned': ask('refund', { refund_amount: '1.00' }),
    'cancel what nobody has scanned': ask('cancel'),
    'precreate what was cancelled unscanned': ask('precreate', { total_amount: '88.88', subject: 'credit' }),
  };
};

const unknownTrades = (sdk: AlipaySdk, run: string): Readonly<Record<string, Ask>> => {
  const out_trade_no = `${run}_none`;
  const ask =
    (method: string, fields: object): Ask =>
    () =>
      exec(sdk, method, fields);
  return {
    'query what there is not': ask('alipay.trade.query', { out_trade_no }),
    'query nothing': ask('alipay.trade.query', {}),
    'close what there is not': ask('alipay.trade.close', { out_trade_no }),
    'cancel what there is not': ask('alipay.trade.cancel', { out_trade_no }),
    'cancel by a number of Alipay that there is not': ask('alipay.trade.cancel', { trade_no: '2088' }),
    'refund what there is not': ask('alipay.trade.refund', { out_trade_no, refund_amount: '1.00' }),
    'refund nothing': ask('alipay.trade.refund', { out_trade_no, refund_amount: '0.00' }),
    'refund without an amount': ask('alipay.trade.refund', { out_trade_no }),
    'query the refund of what there is not': ask('alipay.trade.fastpay.refund.query', {
      out_trade_no,
      out_request_no: `${run}_none`,
    }),
    'ask for the bill of a day to come': ask(billMethod, { bill_type: 'trade', bill_date: '2099-01-01' }),
    'ask for a bill of no kind': ask(billMethod, { bill_type: 'topple', bill_date: '2026-01-01' }),
    'ask for the bill of no day': ask(billMethod, { bill_type: 'trade', bill_date: 'yesterday' }),
  };
};

const billMethod = 'alipay.data.dataservice.bill.downloadurl.query';

const callers = (side: Side, sdk: AlipaySdk): Readonly<Record<string, Ask>> => {
  const pem = () =>
    generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const query =
    (client: () => AlipaySdk, method = 'alipay.trade.query', isVerified = true): Ask =>
    () =>
      exec(client(), method, { out_trade_no: 'T1' }, isVerified);
  return {
    'ask with a key of nobody': query(() => clientOf(side, { privateKey: pem() })),
    'ask as an app that there is not': query(() => clientOf(side, { appId: '2021000000000009' }), undefined, false),
    'ask for a method that there is not': query(() => sdk, 'alipay.topple.none', false),
  };
};

const byV3 = (side: Side, sdk: AlipaySdk, run: string): Readonly<Record<string, Ask>> => {
  const [number, nobody] = [`${run}_v3`, clientOf(side, { appId: '2021000000000009' })];
  const post =
    (client: AlipaySdk, path: string, body: object): Ask =>
    () =>
      curl(client, 'POST', path, { body });
  const order = { out_trade_no: number, total_amount: '88.88', subject: 'credit' };
  return {
    'v3: precreate': post(sdk, '/v3/alipay/trade/precreate', order),
    'v3: precreate without an amount': post(sdk, '/v3/alipay/trade/precreate', { ...order, total_amount: undefined }),
    'v3: query what there is not': post(sdk, '/v3/alipay/trade/query', { out_trade_no: `${run}_none` }),
    'v3: query nothing': post(sdk, '/v3/alipay/trade/query', {}),
    'v3: ask as an app that there is not': post(nobody, '/v3/alipay/trade/query', { out_trade_no: 'T1' }),
    'v3: ask for a method that there is not': post(sdk, '/v3/alipay/topple/none', {}),
  };
};

const needed = (env: Readonly<Record<string, string | undefined>>, name: string, form: RegExp, why: string): string => {
  const given = env[name] ?? '';
  if (!form.test(given)) throw new Unusable(name, why);
  return given;
};

const keyIn = (env: Readonly<Record<string, string | undefined>>): string => {
  const name = 'ALIPAY_SANDBOX_PRIVATE_KEY';
  let text: string;
  try {
    text = readFileSync(env[name] ?? '', 'utf8').trim();
  } catch {
    throw new Unusable(name, 'it is the name of a file with the private key, and that file cannot be read');
  }
  if (!/^(-----BEGIN (RSA )?PRIVATE KEY-----|MII)/.test(text))
    throw new Unusable(name, 'its file holds no private key: PEM, or the base64 of one, is expected');
  return text;
};

/** What the gateway says to a client that it does not know, by the variable that is to blame. */
const unknownClients: Readonly<Record<string, readonly [variable: string, why: string]>> = {
  'isv.invalid-app-id': ['ALIPAY_SANDBOX_APP_ID', 'the vendor knows no such application'],
  'isv.invalid-signature': ['ALIPAY_SANDBOX_PRIVATE_KEY', 'the vendor has the public key of another one'],
};

/** The sandbox of Alipay's open platform. */
export const alipay: Contract = {
  id: 'alipay',
  sandboxUrl: 'https://openapi-sandbox.dl.alipaydev.com',
  urlVariable: 'ALIPAY_SANDBOX_URL',
  variables: [
    { name: 'ALIPAY_SANDBOX_APP_ID', means: 'the number of the sandbox application' },
    { name: 'ALIPAY_SANDBOX_PRIVATE_KEY', means: 'the file with its private key (PKCS8 or PKCS1)' },
    { name: 'ALIPAY_PUBLIC_KEY', means: 'the public key of Alipay (not the application’s), as the sandbox shows it' },
    {
      name: 'ALIPAY_SANDBOX_URL',
      means: 'another address than https://openapi-sandbox.dl.alipaydev.com',
      isOptional: true,
    },
  ],
  read: (env, url) => {
    if (/(^|\.)alipay\.com\.?$/.test(new URL(url).hostname))
      throw new Unusable('ALIPAY_SANDBOX_URL', 'real money moves there, and no sandbox has such a host');
    return {
      appId: needed(env, 'ALIPAY_SANDBOX_APP_ID', /^\d{16}$/, 'an application has a number of 16 digits'),
      privateKey: keyIn(env),
      publicKey: needed(env, 'ALIPAY_PUBLIC_KEY', /^(-----BEGIN PUBLIC KEY-----|MII)/, 'it is no public key'),
    };
  },
  issued: ({ appId = '', appPrivateKey = '', alipayPublicKey = '' }) => ({
    appId,
    privateKey: appPrivateKey,
    publicKey: alipayPublicKey,
  }),
  introduce: async (vendor) => {
    const said = await exec(clientOf(vendor), 'alipay.trade.query', { out_trade_no: 'T1' }, false);
    const { sub_code = '' } = ('body' in said ? said.body : {}) as { readonly sub_code?: string };
    const blamed = unknownClients[sub_code];
    if (blamed !== undefined) throw new Unusable(...blamed);
  },
  calls: (side, run) => {
    const sdk = clientOf(side);
    const unscanned = { ...ordering(sdk, run), ...beforeTheScan(sdk, run) };
    return { ...unscanned, ...unknownTrades(sdk, run), ...callers(side, sdk), ...byV3(side, sdk, run) };
  },
  rules: {
    names: [{ name: 'trade', pattern: /\b20\d{26}\b/g }],
    momentFields: [],
    proseFields: ['message', 'sub_msg'],
  },
  leftOut: [
    'Whatever follows a scan (WAIT_BUYER_PAY, closing, CONTEXT_INCONSISTENT): no API scans, a person has to.',
    'Whatever follows a payment (refunds, TRADE_HAS_SUCCESS, notices): a person has to pay by the app of the sandbox.',
    'Bills that there are: the sandbox makes none.',
    'page.pay: its answer is a page.',
    'The rate limit: a flood would be needed.',
  ],
};
