/** Alibaba Cloud's reseller quotas (BSS OpenAPI 2017-12-14): both signatures, yuan strings, by key or absolute. */
import { defineProvider, type GrantedCredit, type OpenProvider, type ProviderPorts } from '#harness/provider';
import { uuidFrom } from '../numbers.ts';
import { openProvider } from '../open-provider.ts';
import { floatsMinor, oddAccounts, operations, reseller } from './quirks.ts';
import { openRoutes } from './routes.ts';
import { spoilsWith } from './spoils.ts';
import { type Movement, openQuotas } from './states.ts';

const open = (ports: ProviderPorts): OpenProvider => {
  const { clock, wall } = ports;
  const random = ports.random.fork('alibaba-cloud');
  const makeRequestId = (): string => uuidFrom(random).toUpperCase();
  const grants: GrantedCredit[] = [];

  const moved = ({ reference, ownerId, amountMinor }: Movement): void => {
    grants.push({
      id: `quota-${grants.length + 1}`,
      provider: 'alibaba-cloud',
      cloudAccount: ownerId,
      reference,
      amountMinor,
      currency: 'CNY',
      atMs: wall.nowMs(),
    });
  };

  return openProvider({
    provider: alibabaCloud,
    ports,
    identity: { ...reseller, ...oddAccounts },
    grants,
    spoils: spoilsWith(makeRequestId),
    queries: [operations.query, operations.balance, operations.transactions],
    lists: [operations.transactions],
    route: openRoutes({
      quotas: openQuotas(floatsMinor, moved),
      clock,
      wall,
      makeRequestId,
    }),
  });
};

/** Grants and takes back quota; an amount that is taken back is recorded as a negative grant. */
export const alibabaCloud = defineProvider({
  id: 'alibaba-cloud',
  serves: 'cloud',
  docs: 'https://help.aliyun.com/document_detail/142291.html',
  operations: Object.values(operations),
  steps: [
    { step: 'grant', operation: operations.change, currencies: ['CNY'] },
    { step: 'grant', operation: operations.set, currencies: ['CNY'] },
    { step: 'look at grants', operation: operations.query },
  ],
  open,
});
