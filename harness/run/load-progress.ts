/** Says how far a load is while it runs. */
import type { Clock } from '../clock.ts';
import type { PlannedFault, Window } from '../fault.ts';
import { every } from '../observe/every.ts';
import type { RunningWorld } from '../world.ts';
import type { Told } from './drive.ts';
import type { RunPlan } from './plan.ts';
import { cuttingToxics, lostCalls } from './provider-effort.ts';

const toldEveryMs = 1_000;

const stateOf = ({ fault, during }: PlannedFault & { readonly during: Window }, passedMs: number): string => {
  const leftMs = during.afterMs - passedMs;
  if (leftMs > 0) return `${fault.id} in ${Math.ceil(leftMs / 1_000)} s`;
  return `${fault.id} ${leftMs > -during.lengthMs ? 'on' : 'over'}`;
};

/** Says every second how far it is, in words that fit a line of 80 columns; the result ends that. */
export const tellProgress = (
  world: Pick<RunningWorld, 'providers' | 'hits'>,
  plan: RunPlan,
  clock: Clock,
  told: Told,
): (() => void) => {
  const startedMs = clock.nowMs();
  const timed = plan.scenario.faults.flatMap((fault) =>
    fault.during === undefined ? [] : { ...fault, during: fault.during },
  );
  const cutting = cuttingToxics(plan);
  let before = 0;
  return every(clock, toldEveryMs, () => {
    const records = world.providers.map((provider) => provider.records());
    const paid = records.reduce((sum, { payments }) => sum + payments.length, 0);
    const calls = records.reduce((sum, own) => sum + own.calls.length, lostCalls(world.hits(), cutting));
    const states = timed.map((fault) => stateOf(fault, clock.nowMs() - startedMs));
    told([`${paid} paid`, `${calls - before} calls/s`, ...states].join(', '));
    before = calls;
  });
};
