/** Class L: the cloud lists what it granted to an account, without anything of ours. */
import type { GrantStrategy } from '../repeat-policy.ts';
import { decidedByGrowth } from './growth.ts';

/** What is read is the sum of that list, which no spending lowers: it is undecided only when somebody else grants. */
export const listed: GrantStrategy = {
  reference: (orderId) => orderId,
  waitsForArrival: true,
  startsFromOwnBooks: false,
  afterLostAnswer: decidedByGrowth,
};
