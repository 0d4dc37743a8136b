/** All faults, sorted by id. */
import type { FaultDefinition } from '../fault.ts';
import { alterAnswer } from './alter-answer.ts';
import { alterWebhook } from './alter-webhook.ts';
import { captureShort } from './capture-short.ts';
import { dropWebhook } from './drop-webhook.ts';
import { failInside } from './fail-inside.ts';
import { forgeWebhook } from './forge-webhook.ts';
import { holdAnswer } from './hold-answer.ts';
import { killProcess } from './kill-process.ts';
import { latency } from './latency.ts';
import { loseAnswer } from './lose-answer.ts';
import { loseCommitAnswers } from './lose-commit-answers.ts';
import { misnameTransfer } from './misname-transfer.ts';
import { pauseProcess } from './pause-process.ts';
import { providerDown } from './provider-down.ts';
import { redeliverWebhook } from './redeliver-webhook.ts';
import { refuseCalls } from './refuse-calls.ts';
import { restartPostgres } from './restart-postgres.ts';

export const faults: readonly FaultDefinition<string>[] = [
  alterAnswer,
  alterWebhook,
  captureShort,
  dropWebhook,
  failInside,
  forgeWebhook,
  holdAnswer,
  killProcess,
  latency,
  loseAnswer,
  loseCommitAnswers,
  misnameTransfer,
  pauseProcess,
  providerDown,
  redeliverWebhook,
  refuseCalls,
  restartPostgres,
];
