/** Where the vendors are reached: what SDKs have in their code, and where a proxy leads to the mock instead. */
import type { providers } from './index.ts';

/**
 * The hosts of each provider: those of its SDKs, read there (S) or met by running them (R). `bank.example` and
 * `payments.example` are nobody's: such names are reserved for examples (RFC 2606).
 */
export const hosts: Readonly<Record<keyof typeof providers, readonly string[]>> = {
  'alibaba-cloud': ['business.aliyuncs.com', 'business.ap-southeast-1.aliyuncs.com'],
  alipay: ['openapi.alipay.com', 'openapi-sandbox.dl.alipaydev.com'],
  'bank-transfer': ['bank.example'],
  'huawei-cloud': ['bss.myhuaweicloud.com', 'bss-intl.myhuaweicloud.com'],
  'standard-webhooks': ['payments.example'],
  stripe: ['api.stripe.com'],
  'tencent-cloud': ['partners.tencentcloudapi.com', 'intlpartnersmgt.intl.tencentcloudapi.com'],
  'wechat-pay': ['api.mch.weixin.qq.com', 'api2.mch.weixin.qq.com'],
};
