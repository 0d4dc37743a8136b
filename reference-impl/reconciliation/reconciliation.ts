/** The role `reconciliation`: asks the outside what is true, repairs what is obvious, shows what is not. */
import { baseApp } from '../http/base-app.ts';
import { paymentClients } from '../payments/payments.ts';
import { cloudClients } from '../provisioning/clients.ts';
import type { RoleParts, TopUpService } from '../service.ts';
import { inletsIn } from '../webhooks/inlets.ts';
import { compareGrants } from './compare-grants.ts';
import { comparePayments, type PaymentJobs } from './compare-payments.ts';
import { findLostPayments } from './find-lost-payments.ts';
import { ledgerGaugesIn } from './ledger-gauges.ts';
import { openBankReader } from './read-bank.ts';
import { settleEntries } from './settle-entries.ts';
import { verifyInbox } from './verify-inbox.ts';

const bankJob = (payments: PaymentJobs, everyMs: number) => {
  const read = openBankReader(payments);
  const run = async () => {
    await read();
    return { did: await settleEntries(payments) };
  };
  return { name: 'settle-bank-entries', everyMs, run };
};

/** Composes the role; asks each provider in `config.payments` and `config.clouds`. */
export const createReconciliation = (role: RoleParts): TopUpService => {
  const { config, ports } = role;
  const payments = { ...role, payments: paymentClients(role) };
  const grants = { ...role, clients: cloudClients(role) };
  const app = baseApp(ports, ledgerGaugesIn(ports.metrics, ports.db, config.times));
  const inlets = inletsIn(config.payments);
  const everyMs = config.times.reconcileMs;
  const jobs = [
    ...(config.payments['bank-transfer'] === undefined ? [] : [bankJob(payments, everyMs)]),
    { name: 'find-lost-payments', everyMs, run: async () => ({ did: await findLostPayments(payments) }) },
    { name: 'compare-payments', everyMs, run: async () => ({ did: await comparePayments(payments) }) },
    { name: 'verify-inbox', everyMs, run: async () => ({ did: await verifyInbox(ports, inlets) }) },
    { name: 'compare-grants', everyMs, run: async () => ({ did: await compareGrants(grants) }) },
  ];
  return { fetch: async (request) => app.fetch(request), jobs };
};
