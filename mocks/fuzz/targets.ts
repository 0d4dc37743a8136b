/** Every provider that can be fuzzed. */
import { alibabaCloudTarget } from './alibaba-cloud.ts';
import type { FuzzTarget } from './fuzz.ts';
import { huaweiCloudTarget } from './huawei-cloud.ts';
import { tencentCloudTarget } from './tencent-cloud.ts';

/** By the id of the provider, sorted. */
export const fuzzTargets: Readonly<Record<string, FuzzTarget>> = {
  'alibaba-cloud': alibabaCloudTarget,
  'huawei-cloud': huaweiCloudTarget,
  'tencent-cloud': tencentCloudTarget,
};
