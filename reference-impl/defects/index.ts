/** All variants, sorted by id. */
import { accountNumberAsBigint } from './account-number-as-bigint.ts';
import { accountNumberAsFloat } from './account-number-as-float.ts';
import { amountComparedAsYuan } from './amount-compared-as-yuan.ts';
import { amountTakenFromOrder } from './amount-taken-from-order.ts';
import { answerAskedForAgain } from './answer-asked-for-again.ts';
import { answerTakenOnTrust } from './answer-taken-on-trust.ts';
import { anyGoodStatusThatSaysSo } from './any-good-status-that-says-so.ts';
import { balanceAfterCommit } from './balance-after-commit.ts';
import { balanceBeforeCommit } from './balance-before-commit.ts';
import { balanceCachedByVersion } from './balance-cached-by-version.ts';
import { balanceFromCache } from './balance-from-cache.ts';
import { balanceGivenUp } from './balance-given-up.ts';
import { balanceReadModifyWrite } from './balance-read-modify-write.ts';
import { balanceUnderVersion } from './balance-under-version.ts';
import { clickAskedTwice } from './click-asked-twice.ts';
import { clickBelieved } from './click-believed.ts';
import { creditInTwoSteps } from './credit-in-two-steps.ts';
import { creditRepeatedWhole } from './credit-repeated-whole.ts';
import { creditRetriedBlindly } from './credit-retried-blindly.ts';
import { creditRetriedByState } from './credit-retried-by-state.ts';
import { creditWithoutDedup } from './credit-without-dedup.ts';
import { dedupByBusinessFact } from './dedup-by-business-fact.ts';
import { entryOfferedAgain } from './entry-offered-again.ts';
import { entryTouchedAgain } from './entry-touched-again.ts';
import { foundPaymentAskedAgain } from './found-payment-asked-again.ts';
import { foundPaymentOnlyLogged } from './found-payment-only-logged.ts';
import { grantRetriedBlindly } from './grant-retried-blindly.ts';
import { grantRetriedSameReference } from './grant-retried-same-reference.ts';
import { keyCheckedThenTaken } from './key-checked-then-taken.ts';
import { keyComparedAlone } from './key-compared-alone.ts';
import { keyComparedWithOrder } from './key-compared-with-order.ts';
import { keyTakenUnderLock } from './key-taken-under-lock.ts';
import { leaseBesideState } from './lease-beside-state.ts';
import { leaseTakenForLock } from './lease-taken-for-lock.ts';
import { noticeForOthersBelieved } from './notice-for-others-believed.ts';
import { noticeReadBeforeVerified } from './notice-read-before-verified.ts';
import { oneCautiousPolicyForAllClouds } from './one-cautious-policy-for-all-clouds.ts';
import { oneRetryPolicyForAllClouds } from './one-retry-policy-for-all-clouds.ts';
import { quotaLookedAtBeforeRepeat } from './quota-looked-at-before-repeat.ts';
import { quotaReadBeforeEachSet } from './quota-read-before-each-set.ts';
import { retryWithinSmallerBudget } from './retry-within-smaller-budget.ts';
import { retryWithoutBudget } from './retry-without-budget.ts';
import { sealTakenForSignature } from './seal-taken-for-signature.ts';
import { stateUnderRowLock } from './state-under-row-lock.ts';
import { stateWithoutCompareAndSwap } from './state-without-compare-and-swap.ts';
import { statementRetriedAlone } from './statement-retried-alone.ts';
import { statusTakenForSuccess } from './status-taken-for-success.ts';
import { tagLeftToSignature } from './tag-left-to-signature.ts';
import { transactionRetriedWhole } from './transaction-retried-whole.ts';
import { transferMatchedByAmount } from './transfer-matched-by-amount.ts';
import { transferSuggestedByAmount } from './transfer-suggested-by-amount.ts';
import { unsignedNoticeBelieved } from './unsigned-notice-believed.ts';
import type { Variant } from './variant.ts';

export const variants: readonly Variant[] = [
  accountNumberAsBigint,
  accountNumberAsFloat,
  amountComparedAsYuan,
  amountTakenFromOrder,
  answerAskedForAgain,
  answerTakenOnTrust,
  anyGoodStatusThatSaysSo,
  balanceAfterCommit,
  balanceBeforeCommit,
  balanceCachedByVersion,
  balanceFromCache,
  balanceGivenUp,
  balanceReadModifyWrite,
  balanceUnderVersion,
  clickAskedTwice,
  clickBelieved,
  creditInTwoSteps,
  creditRepeatedWhole,
  creditRetriedBlindly,
  creditRetriedByState,
  creditWithoutDedup,
  dedupByBusinessFact,
  entryOfferedAgain,
  entryTouchedAgain,
  foundPaymentAskedAgain,
  foundPaymentOnlyLogged,
  grantRetriedBlindly,
  grantRetriedSameReference,
  keyCheckedThenTaken,
  keyComparedAlone,
  keyComparedWithOrder,
  keyTakenUnderLock,
  leaseBesideState,
  leaseTakenForLock,
  noticeForOthersBelieved,
  noticeReadBeforeVerified,
  oneCautiousPolicyForAllClouds,
  oneRetryPolicyForAllClouds,
  quotaLookedAtBeforeRepeat,
  quotaReadBeforeEachSet,
  retryWithinSmallerBudget,
  retryWithoutBudget,
  sealTakenForSignature,
  stateUnderRowLock,
  stateWithoutCompareAndSwap,
  statementRetriedAlone,
  statusTakenForSuccess,
  tagLeftToSignature,
  transactionRetriedWhole,
  transferMatchedByAmount,
  transferSuggestedByAmount,
  unsignedNoticeBelieved,
];
