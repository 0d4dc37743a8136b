/** WeChat Pay as the service's own tests need it: keys of both sides, and its signature on answers and notices. */
import { generateKeyPairSync, sign } from 'node:crypto';
import type { WechatPayConfig } from './config.ts';
import { beginMs } from './test-world.ts';

const platform = generateKeyPairSync('rsa', { modulusLength: 2048 });
const merchant = generateKeyPairSync('rsa', { modulusLength: 2048 });

/** The key by which our requests are verified. */
export const merchantPublicKey = merchant.publicKey;

/** What WeChat Pay issued to us in these tests. */
export const wechatPayConfig: WechatPayConfig = {
  url: 'http://wechat.test',
  appId: 'app',
  merchantId: '190',
  merchantSerial: 'serial',
  merchantPrivateKey: merchant.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  apiV3Key: '0123456789abcdef0123456789abcdef',
  publicKeyId: 'PUB_KEY_ID_1',
  publicKey: platform.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
};

/** The headers under which WeChat Pay, or whoever has `key`, sends `body` at `beginMs`. */
export const signedByWechatPay = (body: string, key = platform.privateKey): Record<string, string> => {
  const seconds = String(beginMs / 1_000);
  return {
    'wechatpay-timestamp': seconds,
    'wechatpay-nonce': 'n',
    'wechatpay-serial': wechatPayConfig.publicKeyId,
    'wechatpay-signature': sign('sha256', Buffer.from(`${seconds}\nn\n${body}\n`), key).toString('base64'),
  };
};
