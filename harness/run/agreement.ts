/**
 * The dashboards under oath: what the books found, against what two voices said of it (the alert, and the colour of the
 * panel), how soon they spoke, and how soon they fell silent once the breach was mended.
 */
import { alertNameOf, type Invariant } from '../invariant.ts';
import type { ColourChange } from '../observe/panel-view.ts';
import type { Audit } from './audit.ts';

/**
 * `quiet` and `caught`: both voices agree with the books. `missed`: violated, and a voice that could see said nothing.
 * `false alarm`: a voice spoke although there was nothing to tell. `blind`: a voice could not see, and none lied.
 * `passing`: a voice told of a breach that only its age had made one, and both were over before the end.
 * `unproven`: a voice told of what the books cannot show, so that nobody knows whether it was right.
 * `unwatched`: the invariant declares no signal, so nobody was asked.
 */
export type Agreement = 'quiet' | 'caught' | 'missed' | 'false alarm' | 'blind' | 'passing' | 'unproven' | 'unwatched';

/** What one voice said: `spoke` from `atMs` on and for the last time at `untilMs` (none: to the end of the watch). */
export type Voice =
  | { readonly said: 'spoke'; readonly atMs: number; readonly untilMs?: number }
  | { readonly said: 'calm' }
  | { readonly said: 'blind'; readonly because: string };

/** What alert and panel said about one invariant. */
export interface Voices {
  readonly alert: Voice;
  readonly panel: Voice;
}

/** The agreement of one invariant. */
export interface Testimony extends Voices {
  readonly audit: Audit;
  readonly agreement: Agreement;
  /** The voices that missed the breach, or told of one that was not there. */
  readonly liars: readonly (keyof Voices)[];
  /** The panel's colour at the end of the watch; undefined where there is none. */
  readonly colour?: string;
  /** From the earliest moment of the breach to the alert; an upper bound where the exact moment is not known. */
  readonly detectMs?: number;
  /** How long both may take. */
  readonly allowedMs: number;
  /** True when it came or went later than the bound: scrape, evaluation, and the delay that the target declares. */
  readonly late?: boolean;
  /** From the moment at which the breach was mended to the alert's end; only where the target knows how to mend it. */
  readonly clearMs?: number;
}

/** When an alert began to fire and, if it did, ended. */
export interface Firing {
  readonly alert: string;
  readonly atMs: number;
  readonly endedMs?: number;
}

/** What the rules and the board of a run said. */
export interface Signals {
  readonly firings: readonly Firing[];
  /** Alerts that exist in the rule file. */
  readonly watched: ReadonlySet<string>;
  /** Alerts whose expression failed to evaluate. */
  readonly broken: ReadonlySet<string>;
  /** The colours of each judging panel over the run, by its title, which is the claim of its invariant. */
  readonly colours: ReadonlyMap<string, readonly ColourChange[]>;
  /** When the breach of an invariant was mended, by the invariant's id. */
  readonly mended: ReadonlyMap<string, number>;
  /** Longest time from a breach to its alert, and from its end to the alert's, when everything is on time. */
  readonly detectMsMax: number;
  /** The same for signals that take longer, by the signal's name. */
  readonly slowMsMax: ReadonlyMap<string, number>;
  /** By signal, how long a fact must last to be a breach, where only age makes it one. */
  readonly agesMs: ReadonlyMap<string, number>;
  /** How far the times of samples and of the books may be apart: one interval, and as long as a scrape took. */
  readonly toleranceMs: number;
}

const firingsOf = ({ firings }: Signals, alert: string): readonly Firing[] =>
  firings.filter((firing) => firing.alert === alert).toSorted((a, b) => a.atMs - b.atMs);

const spoke = (atMs: number, untilMs: number | undefined): Voice => ({
  said: 'spoke',
  atMs,
  ...(untilMs === undefined ? {} : { untilMs }),
});

const unmapped = (signal: string): string => `map signals.${signal} in topple.config to a series`;

const alertVoice = (alert: string, signal: string, signals: Signals): Voice => {
  const firings = firingsOf(signals, alert);
  const [fired] = firings;
  if (fired !== undefined) return spoke(fired.atMs, firings.at(-1)?.endedMs);
  if (!signals.watched.has(alert)) return { said: 'blind', because: `no rule watches it; ${unmapped(signal)}` };
  if (signals.broken.has(alert)) {
    return { said: 'blind', because: `the rule of ${alert} could not be evaluated; see alerts.json` };
  }
  // An exporter that was away for a time tells of all that is wrong afterwards, and the books are read then as well.
  const absence = firingsOf(signals, `${alert}Absent`).at(-1);
  if (absence === undefined || absence.endedMs !== undefined) return { said: 'calm' };
  return { said: 'blind', because: `its series was absent to the end, says ${alert}Absent` };
};

/** Red is what an operator takes for a breach and green for none; every other colour tells him nothing. */
const panelVoice = (title: string, signal: string, { colours }: Signals): Voice => {
  const changes = colours.get(title);
  if (changes === undefined) return { said: 'blind', because: `no panel shows it; ${unmapped(signal)}` };
  const red = changes.find(({ colour }) => colour === 'red');
  const lastRed = changes.findLastIndex(({ colour }) => colour === 'red');
  if (red !== undefined) return spoke(red.atMs, changes[lastRed + 1]?.atMs);
  const last = changes.at(-1)?.colour ?? 'without a picture';
  return last === 'green' ? { said: 'calm' } : { said: 'blind', because: `its panel was ${last} at the end` };
};

const breachMsOf = (audit: Audit): number | undefined => {
  const since = audit.witnesses.flatMap(({ sinceMs }) => sinceMs ?? []);
  return since.length === 0 ? undefined : Math.min(...since);
};

/** A voice that spoke before there was anything to tell did not tell of it. */
const isEarly = (voice: Voice, breachMs: number | undefined, { toleranceMs }: Signals): boolean =>
  voice.said === 'spoke' && breachMs !== undefined && voice.atMs < breachMs - toleranceMs;

/** A voice that goes on after the breach was mended tells of nothing. */
const goesOn = (voice: Voice): boolean => voice.said === 'spoke' && voice.untilMs === undefined;

const agreementOf = (audit: Audit, voices: Voices, signals: Signals): Pick<Testimony, 'agreement' | 'liars'> => {
  const those = (holds: (voice: Voice) => boolean) =>
    (['alert', 'panel'] as const).filter((name) => holds(voices[name]));
  const isViolated = audit.finding === 'violated';
  const breachMs = breachMsOf(audit);
  const { unseenSinceMs } = audit;
  const isMended = signals.mended.has(audit.invariant.id);
  const spokeWrongly = (voice: Voice): boolean => {
    const isBefore = (sinceMs: number | undefined): boolean => isEarly(voice, sinceMs, signals);
    const isBeforeUnseen = unseenSinceMs === undefined || isBefore(unseenSinceMs);
    if (isViolated) return (isBefore(breachMs) && isBeforeUnseen) || (isMended && goesOn(voice));
    return voice.said === 'spoke' && isBeforeUnseen;
  };
  const criers = those(spokeWrongly);
  if (criers.length > 0) return { agreement: 'false alarm', liars: criers };
  if (!isViolated && those(({ said }) => said === 'spoke').length > 0) return { agreement: 'unproven', liars: [] };
  const silent = those(({ said }) => isViolated && said === 'calm');
  if (silent.length > 0) return { agreement: 'missed', liars: silent };
  const isBlind = those(({ said }) => said === 'blind').length > 0;
  return { agreement: isBlind ? 'blind' : isViolated ? 'caught' : 'quiet', liars: [] };
};

/** The times during which alert and panel spoke; one without an end went on to the end of the watch. */
const episodesOf = (invariant: Invariant, signals: Signals): readonly Omit<Firing, 'alert'>[] => {
  const changes = signals.colours.get(invariant.claim) ?? [];
  const reds = changes.flatMap(({ atMs, colour }, index) => {
    if (colour !== 'red') return [];
    const endedMs = changes[index + 1]?.atMs;
    return [{ atMs, ...(endedMs === undefined ? {} : { endedMs }) }];
  });
  return [...firingsOf(signals, alertNameOf(invariant)), ...reds];
};

/** Whether each word of a breach fell into a time in which there was one, and has ended. */
const wasPassing = ({ invariant, waits = [] }: Audit, signal: string, signals: Signals): boolean => {
  const ageMs = signals.agesMs.get(signal);
  if (ageMs === undefined) return false;
  const delayMs = signals.detectMsMax + signals.toleranceMs;
  return episodesOf(invariant, signals).every(
    ({ atMs, endedMs }) =>
      endedMs !== undefined && waits.some(({ fromMs, untilMs }) => fromMs + ageMs <= atMs && atMs <= untilMs + delayMs),
  );
};

/** How soon the alert came and went, and whether it came in time. */
const speedOf = (
  audit: Audit,
  alert: Voice,
  allowedMs: number,
  { mended }: Signals,
): Pick<Testimony, 'detectMs' | 'late' | 'clearMs'> => {
  if (alert.said !== 'spoke') return {};
  const breachMs = breachMsOf(audit);
  const mendedMs = mended.get(audit.invariant.id);
  const detectMs = breachMs === undefined ? undefined : Math.max(0, alert.atMs - breachMs);
  const clearMs =
    mendedMs === undefined || alert.untilMs === undefined ? undefined : Math.max(0, alert.untilMs - mendedMs);
  return {
    ...(detectMs === undefined ? {} : { detectMs }),
    ...(clearMs === undefined ? {} : { clearMs }),
    ...(detectMs === undefined && clearMs === undefined
      ? {}
      : { late: Math.max(detectMs ?? 0, clearMs ?? 0) > allowedMs }),
  };
};

/** Compares one audit with its alert and its panel. */
export const testimonyOf = (audit: Audit, signals: Signals): Testimony => {
  const { signal, claim } = audit.invariant;
  if (signal === undefined) {
    const because = 'it declares no signal';
    const blind: Voice = { said: 'blind', because };
    return { audit, agreement: 'unwatched', liars: [], alert: blind, panel: blind, allowedMs: signals.detectMsMax };
  }
  const alert = alertVoice(alertNameOf(audit.invariant), signal, signals);
  const panel = panelVoice(claim, signal, signals);
  const judged = agreementOf(audit, { alert, panel }, signals);
  const isPassing =
    judged.agreement === 'false alarm' && audit.finding === 'holds' && wasPassing(audit, signal, signals);
  const { agreement, liars } = isPassing ? { agreement: 'passing' as const, liars: [] } : judged;
  const colour = signals.colours.get(claim)?.at(-1)?.colour;
  const allowedMs = signals.slowMsMax.get(signal) ?? signals.detectMsMax;
  return {
    audit,
    agreement,
    liars,
    alert,
    panel,
    allowedMs,
    ...(colour === undefined ? {} : { colour }),
    ...(agreement === 'caught' ? speedOf(audit, alert, allowedMs, signals) : {}),
  };
};
