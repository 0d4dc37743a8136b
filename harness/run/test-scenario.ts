/** The least of a scenario, for tests that are about something else: one order, no fault, one promise. */
import { noDoubleCredit } from '../invariants/no-double-credit.ts';
import { exactly } from '../range.ts';
import { defineScenario } from '../scenario.ts';
import { topUps } from '../workloads/top-ups.ts';

/** Its id is `sample`. */
export const sampleScenario = defineScenario({
  id: 'sample',
  hypothesis: 'It holds.',
  covers: [],
  providers: [],
  workload: topUps({ payments: exactly(1), concurrency: exactly(1), amountMinor: exactly(1), confirms: exactly(0) }),
  faults: [],
  expect: [noDoubleCredit],
  settleMsMax: 1_000,
});
