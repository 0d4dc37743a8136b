/** What each mock keeps of its vendor's contract, from the tables that it acts by; a page of the docs prints it. */
import { alibabaCloudContract } from './alibaba-cloud/contract.ts';
import { alipayContract } from './alipay/contract.ts';
import { bankTransferContract } from './bank-transfer/contract.ts';
import type { Contract } from './contract.ts';
import { huaweiCloudContract } from './huawei-cloud/contract.ts';
import type { providers } from './index.ts';
import { standardWebhooksContract } from './standard-webhooks/contract.ts';
import { stripeContract } from './stripe/contract.ts';
import { tencentCloudContract } from './tencent-cloud/contract.ts';
import { wechatPayContract } from './wechat-pay/contract.ts';

/** By the ids of the providers. */
export const contracts: Readonly<Record<keyof typeof providers, Contract>> = {
  'alibaba-cloud': alibabaCloudContract,
  alipay: alipayContract,
  'bank-transfer': bankTransferContract,
  'huawei-cloud': huaweiCloudContract,
  'standard-webhooks': standardWebhooksContract,
  stripe: stripeContract,
  'tencent-cloud': tencentCloudContract,
  'wechat-pay': wechatPayContract,
};
