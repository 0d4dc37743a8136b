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
  /** Why it is `blind`, and what would open its eyes. */
  readonly blindBecause?: string;
  /** When its alert fired first. */
  readonly firedMs?: number;
  /** From the earliest moment of the breach to the alert; an upper bound where the exact moment is not known. */
  readonly detectMs?: number;
  /** True when that took longer than the bound: scrape, evaluation, and the delay that the target declares. */
  readonly late?: boolean;
}

/** What the rules of a run said. */
export interface Alarms {
  readonly firings: readonly Firing[];
  /** Alerts that exist in the rule file; an invariant without one is unwatched. */
  readonly watched: ReadonlySet<string>;
  /** Alerts whose expression failed to evaluate. */
  readonly broken: ReadonlySet<string>;
  /** Longest time from a breach to its alert when everything is on time. */
  readonly detectMsMax: number;
  /** How far the times of samples and of the books may be apart: one scrape. */
  readonly toleranceMs: number;
}

const firingsOf = (alarms: Alarms, alert: string): number[] =>
  alarms.firings
    .filter((firing) => firing.alert === alert)
    .map(({ atMs }) => atMs)
    .sort((a, b) => a - b);

/** An alert that fired before there was anything to tell did not tell of it. */
const onBreach = (audit: Audit, firings: readonly number[], alarms: Alarms): Testimony => {
  const since = audit.witnesses.flatMap(({ sinceMs }) => sinceMs ?? []);
  const [firedMs] = firings;
  if (firedMs === undefined) return { audit, agreement: 'missed' };
  if (since.length === 0) return { audit, agreement: 'caught', firedMs };
  const breachMs = Math.min(...since);
  if (firedMs < breachMs - alarms.toleranceMs) return { audit, agreement: 'false alarm', firedMs };
  const detectMs = Math.max(0, firedMs - breachMs);
  return { audit, agreement: 'caught', firedMs, detectMs, late: detectMs > alarms.detectMsMax };
};

/** What keeps the alert from seeing, or undefined. */
const blindness = (alert: string, signal: string | undefined, alarms: Alarms): string | undefined => {
  if (!alarms.watched.has(alert)) return `no rule watches it; map signals.${signal} in topple.config to a series`;
  if (alarms.broken.has(alert)) return `the rule of ${alert} could not be evaluated; see alerts.json`;
  return firingsOf(alarms, `${alert}Absent`).length > 0 ? `its series was absent, says ${alert}Absent` : undefined;
};

/** Compares one audit with its alert. */
export const testimonyOf = (audit: Audit, alarms: Alarms): Testimony => {
  const alert = alertNameOf(audit.invariant);
  const { signal } = audit.invariant;
  if (signal === undefined) return { audit, agreement: 'unwatched' };
  const firings = firingsOf(alarms, alert);
  const [firedMs] = firings;
  const blindBecause = blindness(alert, signal, alarms);
  if (firedMs === undefined && blindBecause !== undefined) return { audit, agreement: 'blind', blindBecause };
  if (audit.finding === 'violated') return onBreach(audit, firings, alarms);
  return firedMs === undefined ? { audit, agreement: 'quiet' } : { audit, agreement: 'false alarm', firedMs };
};
