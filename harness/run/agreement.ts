/** The dashboards under oath: what the books found against what the alerts said, and how soon they said it. */
import { alertNameOf } from '../invariant.ts';
import type { Audit } from './audit.ts';

/**
 * `quiet` and `caught` agree with the books; `missed` (violated, nobody told) and `false alarm` do not.
 * `blind`: the target maps no series to the signal, the series was absent, or the rule failed. `unwatched`: the
 * invariant declares no signal.
 */
export type Agreement = 'quiet' | 'caught' | 'missed' | 'false alarm' | 'blind' | 'unwatched';

/** A moment at which an alert began to fire. */
export interface Firing {
  readonly alert: string;
  readonly atMs: number;
}

/** The agreement of one invariant. */
export interface Testimony {
  readonly audit: Audit;
  readonly agreement: Agreement;
  /** When its alert fired first. */
  readonly firedMs?: number;
  /** From the earliest moment of the breach to the alert; an upper bound where the exact moment is not known. */
  readonly detectMs?: number;
}

/** What the rules of a run said. */
export interface Alarms {
  readonly firings: readonly Firing[];
  /** Alerts that exist in the rule file; an invariant without one is unwatched. */
  readonly watched: ReadonlySet<string>;
  /** Alerts whose expression failed to evaluate. */
  readonly broken: ReadonlySet<string>;
}

const firstFiring = (alarms: Alarms, alert: string): number | undefined =>
  alarms.firings.filter((firing) => firing.alert === alert).sort((a, b) => a.atMs - b.atMs)[0]?.atMs;

/** Compares one audit with its alert. */
export const testimonyOf = (audit: Audit, alarms: Alarms): Testimony => {
  const alert = alertNameOf(audit.invariant);
  if (!alarms.watched.has(alert)) return { audit, agreement: audit.invariant.signal ? 'blind' : 'unwatched' };
  const firedMs = firstFiring(alarms, alert);
  const violated = audit.finding === 'violated';
  if (firedMs !== undefined) {
    if (!violated) return { audit, agreement: 'false alarm', firedMs };
    const since = audit.witnesses.flatMap((witness) => witness.sinceMs ?? []);
    const detectMs = since.length === 0 ? {} : { detectMs: Math.max(0, firedMs - Math.min(...since)) };
    return { audit, agreement: 'caught', firedMs, ...detectMs };
  }
  if (alarms.broken.has(alert) || firstFiring(alarms, `${alert}Absent`) !== undefined)
    return { audit, agreement: 'blind' };
  return { audit, agreement: violated ? 'missed' : 'quiet' };
};
