/** All variants, sorted by id. */
import { balanceReadModifyWrite } from './balance-read-modify-write.ts';
import { balanceUnderVersion } from './balance-under-version.ts';
import { creditWithoutDedup } from './credit-without-dedup.ts';
import { dedupByBusinessFact } from './dedup-by-business-fact.ts';
import { grantRetriedBlindly } from './grant-retried-blindly.ts';
import { grantRetriedSameReference } from './grant-retried-same-reference.ts';
import { stateUnderRowLock } from './state-under-row-lock.ts';
import { stateWithoutCompareAndSwap } from './state-without-compare-and-swap.ts';
import type { Variant } from './variant.ts';

export const variants: readonly Variant[] = [
  balanceReadModifyWrite,
  balanceUnderVersion,
  creditWithoutDedup,
  dedupByBusinessFact,
  grantRetriedBlindly,
  grantRetriedSameReference,
  stateUnderRowLock,
  stateWithoutCompareAndSwap,
];
