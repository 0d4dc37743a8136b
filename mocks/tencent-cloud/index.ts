/** Tencent Cloud's partner APIs, international and mainland: TC3-HMAC-SHA256 and older, grants without a key. */
import { defineProvider, type GrantedCredit, type OpenProvider, type ProviderPorts } from '#harness/provider';
import { grantingAgain, namelessIntent } from '../granting.ts';
import { uuidFrom } from '../numbers.ts';
import { openProvider } from '../open-provider.ts';
import { floatsMinor, granting, oddAccounts, operations, partner } from './quirks.ts';
import { openRoutes } from './routes.ts';
import { spoilsWith } from './spoils.ts';
import { type Allocation, openFloats } from './states.ts';

const open = (ports: ProviderPorts): OpenProvider => {
  const { clock, wall } = ports;
  const random = ports.random.fork('tencent-cloud');
  const makeRequestId = (): string => uuidFrom(random);
  const grants: GrantedCredit[] = [];

  /** What is taken back is a grant below zero. */
  const granted = ({ market, clientUin, amountMinor, remark }: Allocation): void => {
    const currency = market === 'international' ? 'USD' : 'CNY';
    grants.push({
      id: `${market}-${grants.length + 1}`,
      provider: 'tencent-cloud',
      cloudAccount: clientUin,
      reference: remark || namelessIntent(clientUin, { amountMinor, currency }),
      amountMinor,
      currency,
      atMs: wall.nowMs(),
    });
  };

  return openProvider({
    provider: tencentCloud,
    ports,
    identity: { ...partner, ...oddAccounts },
    grants,
    spoils: spoilsWith(makeRequestId),
    queries: [operations.history, operations.credits, operations.balance],
    repeated: grantingAgain(granting),
    lists: [operations.history],
    route: openRoutes({ floats: openFloats(floatsMinor), clock, wall, makeRequestId, granted }),
  });
};

/** Credit of international customers in dollars, money of mainland customers in yuan; both under one path. */
export const tencentCloud = defineProvider({
  id: 'tencent-cloud',
  serves: 'cloud',
  docs: 'https://www.tencentcloud.com/document/product/1085/51424',
  operations: Object.values(operations),
  steps: [
    { step: 'grant', operation: operations.transfer, currencies: ['CNY'] },
    { step: 'grant', operation: operations.allocate, currencies: ['USD'] },
    { step: 'look at grants', operation: operations.balance, currencies: ['CNY'] },
    { step: 'look at grants', operation: operations.history, currencies: ['USD'] },
  ],
  open,
});
