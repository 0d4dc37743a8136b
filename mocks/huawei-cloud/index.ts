/** Huawei Cloud's BSS API for partners and enterprises: SDK-HMAC-SHA256, yuan, grants without a key. */
import { defineProvider, type GrantedCredit, type OpenProvider, type ProviderPorts } from '#harness/provider';
import { grantingAgain, namelessIntent } from '../granting.ts';
import { lettersFrom, momentNumber } from '../numbers.ts';
import { openProvider } from '../open-provider.ts';
import { floatsMinor, granting, oddAccounts, operations, partner } from './quirks.ts';
import { openRoutes } from './routes.ts';
import { spoilsWith } from './spoils.ts';
import { type Adjustment, openFloats } from './states.ts';

const open = (ports: ProviderPorts): OpenProvider => {
  const { clock, wall } = ports;
  const random = ports.random.fork('huawei-cloud');
  let numbered = 0;
  const makeId = (): string => `AD${momentNumber(clock.nowMs(), numbered++)}`;
  const makeRequestId = (): string => lettersFrom(random, 32);
  const grants: GrantedCredit[] = [];

  /** What is taken back is a grant below zero. */
  const moved = ({ transId, payer, customerId, type, amountMinor, isNamed }: Adjustment): void => {
    const money = { amountMinor, currency: 'CNY' };
    grants.push({
      id: `${payer}-${transId}`,
      provider: 'huawei-cloud',
      cloudAccount: customerId,
      reference: isNamed ? transId : namelessIntent(customerId, money),
      amountMinor: type === 'adjust' ? amountMinor : -amountMinor,
      currency: 'CNY',
      atMs: wall.nowMs(),
    });
  };

  return openProvider({
    provider: huaweiCloud,
    ports,
    identity: { ...partner, ...oddAccounts },
    grants,
    spoils: spoilsWith(makeRequestId),
    queries: [
      operations.records,
      operations.recordsV3,
      operations.partnerBalances,
      operations.customerBalances,
      operations.transferable,
      operations.retrievable,
    ],
    repeated: grantingAgain(granting),
    lists: [operations.records, operations.recordsV3],
    route: openRoutes({
      floats: openFloats(floatsMinor, makeId),
      clock,
      wall,
      makeRequestId,
      moved,
    }),
  });
};

/** Partners' adjustments and their lists, old and new, balances, and transfers inside an enterprise. */
export const huaweiCloud = defineProvider({
  id: 'huawei-cloud',
  serves: 'cloud',
  docs: 'https://support.huaweicloud.com/api-bpconsole/mt_060005.html',
  operations: Object.values(operations),
  steps: [
    { step: 'grant', operation: operations.adjust, currencies: ['CNY'] },
    { step: 'grant', operation: operations.transfer, currencies: ['CNY'] },
    { step: 'look at grants', operation: operations.recordsV3 },
  ],
  open,
});
