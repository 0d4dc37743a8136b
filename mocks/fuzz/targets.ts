/** Every provider that can be fuzzed. */
import { alibabaCloudTarget } from './alibaba-cloud.ts';
import { alipayTarget } from './alipay.ts';
import { bankTransferTarget } from './bank-transfer.ts';
import type { FuzzTarget } from './fuzz.ts';
import { huaweiCloudTarget } from './huawei-cloud.ts';
import { standardWebhooksTarget } from './standard-webhooks.ts';
import { stripeTarget } from './stripe.ts';
import { tencentCloudTarget } from './tencent-cloud.ts';
import { wechatPayTarget } from './wechat-pay.ts';

/** By the id of the provider, sorted. */
export const fuzzTargets: Readonly<Record<string, FuzzTarget>> = {
  'alibaba-cloud': alibabaCloudTarget,
  alipay: alipayTarget,
  'bank-transfer': bankTransferTarget,
  'huawei-cloud': huaweiCloudTarget,
  'standard-webhooks': standardWebhooksTarget,
  stripe: stripeTarget,
  'tencent-cloud': tencentCloudTarget,
  'wechat-pay': wechatPayTarget,
};
