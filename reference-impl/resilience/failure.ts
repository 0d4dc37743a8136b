/** What a call to a provider gave when it gave nothing to go on with. */

/**
 * `retry`: certainly not done, may be sent again. `refused`: certainly not done, and the same again changes nothing.
 * `unknown`: it may have been done, so whatever moves money is asked about before it is sent again.
 */
export interface Failure {
  readonly kind: 'retry' | 'refused' | 'unknown';
  readonly reason: string;
  /** It tells of the provider's health, not of this call: too many in a row open the breaker. */
  readonly isStrain?: boolean;
  /** Whoever comes back earlier comes in vain. */
  readonly waitMs?: number;
  /** Set when the call was not made at all: the breaker is open, or the budget of retries is spent. */
  readonly turnedAway?: 'breaker' | 'budget';
}

/** A success with `content`; nothing of what makes a failure is in it. */
export type Answered<Content> = Content & {
  readonly kind: 'answer';
  readonly isStrain?: false;
  readonly waitMs?: never;
  readonly turnedAway?: never;
};

/** The header Retry-After in milliseconds from now, at most `maxMs`: seconds or an HTTP date; else undefined. */
const retryAfterMs = (header: string | null, nowMs: number, maxMs: number): number | undefined => {
  const text = header?.trim() ?? '';
  const askedMs = /^\d+$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - nowMs;
  return Number.isNaN(askedMs) ? undefined : Math.min(maxMs, Math.max(0, askedMs));
};

/** The answer with how long the provider asks to be left alone, if it is strained and says so; at most `maxMs`. */
export const withRetryAfter = <Answer extends Pick<Failure, 'isStrain' | 'waitMs'>>(
  answer: Answer,
  headers: { get(name: string): string | null },
  nowMs: number,
  maxMs: number,
): Answer => {
  const waitMs = answer.isStrain ? retryAfterMs(headers.get('retry-after'), nowMs, maxMs) : undefined;
  return waitMs === undefined ? answer : { ...answer, waitMs };
};
