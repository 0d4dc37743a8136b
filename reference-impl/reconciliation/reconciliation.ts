/** The role `reconciliation`: asks the outside what is true, repairs what is obvious, shows what is not. */
import { needed } from '../config.ts';
import { baseApp } from '../http/base-app.ts';
import { alipayClient } from '../payments/alipay.ts';
import { cloudClient } from '../provisioning/alibaba.ts';
import type { RoleParts, TopUpService } from '../service.ts';
import { recipientIn } from '../webhooks/alipay-notice.ts';
import { compareGrants } from './compare-grants.ts';
import { comparePayments } from './compare-payments.ts';
import { findLostPayments } from './find-lost-payments.ts';
import { ledgerGaugesIn } from './ledger-gauges.ts';
import { verifyInbox } from './verify-inbox.ts';

/** Composes the role; `config` must hold alipay and cloud. */
export const createReconciliation = (role: RoleParts): TopUpService => {
  const { config, ports } = role;
  const alipay = alipayClient(role);
  const cloud = cloudClient(role);
  const app = baseApp(ports, ledgerGaugesIn(ports.metrics, ports.db, config.times));
  const recipient = recipientIn(needed(config, 'alipay'));
  const everyMs = config.times.reconcileMs;
  const jobs = [
    { name: 'find-lost-payments', everyMs, run: async () => ({ did: await findLostPayments({ ...role, alipay }) }) },
    { name: 'compare-payments', everyMs, run: async () => ({ did: await comparePayments({ ...role, alipay }) }) },
    { name: 'verify-inbox', everyMs, run: async () => ({ did: await verifyInbox(ports, recipient) }) },
    { name: 'compare-grants', everyMs, run: async () => ({ did: await compareGrants({ ...role, cloud }) }) },
  ];
  return { fetch: async (request) => app.fetch(request), jobs };
};
