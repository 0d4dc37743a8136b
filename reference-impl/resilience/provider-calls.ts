/** What the calls to every provider have in common: they are guarded, counted, and watched for too many. */
import type { RoleParts } from '../service.ts';
import type { Operation } from '../telemetry/counters.ts';
import { overcallsIn } from '../telemetry/overcalls.ts';
import type { Failure } from './failure.ts';
import type { Policy } from './policy.ts';

/** A call about to be made. */
export interface ProviderCall {
  readonly operation: Operation;
  /** The order that it is for; left out where it is for none. */
  readonly orderId?: string;
  readonly isRetry: boolean;
}

/** As much of an answer as is looked at here. */
type Judged = Pick<Failure, 'isStrain' | 'waitMs' | 'turnedAway'> & { readonly kind: string };

/** Makes calls to one provider; `make` must not reject. */
export type MakeCall = <Answer extends Judged>(
  call: ProviderCall,
  make: () => Promise<Answer>,
) => Promise<Answer | Failure>;

const outcomes: Readonly<Record<string, 'refused' | 'unknown'>> = {
  refused: 'refused',
  retry: 'refused',
  unknown: 'unknown',
};

/** The way to the provider of `policy` from the process of `role`. */
export const openProviderCalls = (role: RoleParts, policy: Policy): MakeCall => {
  const { config, ports, parts, count, show } = role;
  const { dependency } = policy;
  const guard = parts.resilience.guard(policy, config.times, { ...ports, count, show });
  const noteCall = overcallsIn(show, dependency);
  return async ({ operation, orderId, isRetry }, make) => {
    const answer = await guard.call(isRetry, async () => {
      const made = await make();
      if (orderId !== undefined) noteCall(operation, orderId, made.isStrain !== true);
      return made;
    });
    if (answer.turnedAway === undefined) {
      count('topup_dependency_requests_total', { dependency, operation, outcome: outcomes[answer.kind] ?? 'ok' });
    }
    return answer;
  };
};
