/** The clients of the clouds that a role is configured for. */
import type { RoleParts } from '../service.ts';
import { alibabaClient, alibabaQuotaClient } from './alibaba.ts';
import { type Cloud, type CloudClients, type CloudId, cloudIds, clouds } from './cloud.ts';
import { huaweiClient, huaweiEnterpriseClient } from './huawei.ts';
import { tencentClient, tencentIntlClient } from './tencent.ts';

const clients: Readonly<Record<CloudId, (role: RoleParts) => Cloud>> = {
  'alibaba-cloud': alibabaClient,
  'alibaba-cloud-quota': alibabaQuotaClient,
  'huawei-cloud': huaweiClient,
  'huawei-cloud-enterprise': huaweiEnterpriseClient,
  'tencent-cloud': tencentClient,
  'tencent-cloud-intl': tencentIntlClient,
};

/** One client per way to grant whose cloud is in `config.clouds`. */
export const cloudClients = (role: RoleParts): CloudClients =>
  Object.fromEntries(
    cloudIds
      .filter((id) => role.config.clouds[clouds[id].dependency] !== undefined)
      .map((id) => [id, clients[id](role)]),
  );
