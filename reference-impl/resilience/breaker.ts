/**
 * A circuit breaker. Closed: calls go through. Open: none does until its time is over. Then one call is let through as
 * a probe, and its answer closes the breaker or opens it again, for twice as long.
 */
import { type Backoff, boundMs } from './backoff.ts';

/** Where a breaker is. */
export const breakerStates = ['closed', 'probing', 'open'] as const;

/** One of them. */
export type BreakerState = (typeof breakerStates)[number];

/** How a call was let through; only what a probe brings back moves an open breaker. */
export type Ticket = 'call' | 'probe';

/** What a breaker is made of. */
export interface BreakerSettings {
  /** So many strained answers in a row open it. */
  readonly strainsInRow: number;
  readonly open: Backoff;
  /** Uniform in [0, 1): shortens each open time by up to a half, so that processes do not probe in step. */
  readonly unit: () => number;
  readonly moved: (to: BreakerState) => void;
}

/** The breaker of one provider in one process. */
export interface Breaker {
  readonly state: BreakerState;
  /** How long a call has to wait, in milliseconds; undefined when it may be made now. */
  waitMs(nowMs: number): number | undefined;
  /** Lets a call through that need not wait. */
  enter(): Ticket;
  /** What came of it; a provider that asks to be left alone for `askedMs` gets its wish at once. */
  leave(ticket: Ticket, nowMs: number, isStrain: boolean, askedMs?: number): void;
}

/** Opens a closed breaker. */
export const createBreaker = ({ strainsInRow, open, unit, moved }: BreakerSettings): Breaker => {
  let state: BreakerState = 'closed';
  let strains = 0;
  let openings = 0;
  let untilMs = 0;
  const move = (to: BreakerState): void => {
    state = to;
    moved(to);
  };
  const trip = (nowMs: number, askedMs: number): void => {
    openings += 1;
    untilMs = nowMs + Math.max(askedMs, Math.round(boundMs(open, openings) * (1 - unit() / 2)));
    move('open');
  };
  return {
    get state() {
      return state;
    },
    waitMs: (nowMs) => {
      if (state === 'probing') return open.firstMs;
      return state === 'open' && nowMs < untilMs ? untilMs - nowMs : undefined;
    },
    enter: () => {
      if (state === 'closed') return 'call';
      move('probing');
      return 'probe';
    },
    leave: (ticket, nowMs, isStrain, askedMs = 0) => {
      // News of a call that was sent before it opened says nothing about how things are now.
      if (ticket === 'call' && state !== 'closed') return;
      strains = isStrain ? strains + 1 : 0;
      if (ticket === 'probe' && !isStrain) {
        openings = 0;
        move('closed');
      } else if (isStrain && (ticket === 'probe' || askedMs > 0 || strains >= strainsInRow)) trip(nowMs, askedMs);
    },
  };
};
