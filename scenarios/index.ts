/** All scenarios, sorted by id. */
import type { Scenario } from '#harness/scenario';
import { alteredAnswers } from './altered-answers.ts';
import { alteredSealedWebhooks } from './altered-sealed-webhooks.ts';
import { amountMismatch } from './amount-mismatch.ts';
import { clickInsteadOfWebhook } from './click-instead-of-webhook.ts';
import { concurrentTopUps } from './concurrent-top-ups.ts';
import { confirmRace } from './confirm-race.ts';
import { databaseRestarts } from './database-restarts.ts';
import { duplicateWebhooks } from './duplicate-webhooks.ts';
import { everyPair } from './every-pair.ts';
import { failuresInside } from './failures-inside.ts';
import { forgedWebhooks } from './forged-webhooks.ts';
import { keyReused } from './key-reused.ts';
import { ledgerWriteFails } from './ledger-write-fails.ts';
import { lostAnswersEverywhere } from './lost-answers-everywhere.ts';
import { lostGrantAnswer } from './lost-grant-answer.ts';
import { lostPaymentResponse } from './lost-payment-response.ts';
import { lostWebhook } from './lost-webhook.ts';
import { namelessTransfers } from './nameless-transfers.ts';
import { providerOutage } from './provider-outage.ts';
import { watchedBalance } from './watched-balance.ts';
import { webhookBeforeResponse } from './webhook-before-response.ts';
import { webhookWorkerKilled } from './webhook-worker-killed.ts';
import { workerKilledMidGrant } from './worker-killed-mid-grant.ts';

export const scenarios: readonly Scenario[] = [
  alteredAnswers,
  alteredSealedWebhooks,
  amountMismatch,
  clickInsteadOfWebhook,
  concurrentTopUps,
  confirmRace,
  databaseRestarts,
  duplicateWebhooks,
  everyPair,
  failuresInside,
  forgedWebhooks,
  keyReused,
  ledgerWriteFails,
  lostAnswersEverywhere,
  lostGrantAnswer,
  lostPaymentResponse,
  lostWebhook,
  namelessTransfers,
  providerOutage,
  watchedBalance,
  webhookBeforeResponse,
  webhookWorkerKilled,
  workerKilledMidGrant,
];
