import type { Provider } from '#harness/provider';
import { alibabaCloud } from './alibaba-cloud/index.ts';
import { alipay } from './alipay/index.ts';
import { bankTransfer } from './bank-transfer/index.ts';
import { huaweiCloud } from './huawei-cloud/index.ts';
import { standardWebhooks } from './standard-webhooks/index.ts';
import { stripe } from './stripe/index.ts';
import { tencentCloud } from './tencent-cloud/index.ts';
import { wechatPay } from './wechat-pay/index.ts';

/** Every mock provider, by id and sorted. The only registry of providers: one line each. */
export const providers = {
  'alibaba-cloud': alibabaCloud,
  alipay,
  'bank-transfer': bankTransfer,
  'huawei-cloud': huaweiCloud,
  'standard-webhooks': standardWebhooks,
  stripe,
  'tencent-cloud': tencentCloud,
  'wechat-pay': wechatPay,
} as const satisfies Readonly<Record<string, Provider>>;
