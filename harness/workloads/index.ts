/** All workloads, sorted by id. */
import type { WorkloadDefinition } from '../workload.ts';
import { oneWalletTopUps } from './one-wallet-top-ups.ts';
import { reusedKeys } from './reused-keys.ts';
import { topUps } from './top-ups.ts';
import { watchedWallets } from './watched-wallets.ts';

export const workloads: readonly WorkloadDefinition<string>[] = [oneWalletTopUps, reusedKeys, topUps, watchedWallets];
