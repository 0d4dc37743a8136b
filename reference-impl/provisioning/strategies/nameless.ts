/** Class N: nothing tells of a grant but the account's balance, before and after. */
import type { GrantStrategy } from '../repeat-policy.ts';
import { decidedByGrowth } from './growth.ts';

/** A customer who spends meanwhile makes it undecided: then a person compares with the cloud's bills. */
export const nameless: GrantStrategy = {
  reference: (orderId) => orderId,
  waitsForArrival: true,
  startsFromOwnBooks: false,
  afterLostAnswer: decidedByGrowth,
};
