/** A token bucket that keeps retries at a share of all calls, however many orders have something to repeat. */

/** How a budget fills. */
export interface BudgetSettings {
  /** Tokens per call that is no retry. */
  readonly share: number;
  /** Most tokens that it holds, and what it begins with. */
  readonly burst: number;
  /** One more token comes after so many milliseconds, so that retries go on where nothing else does. */
  readonly tokenMs: number;
}

/** The budget of one provider in one process. */
export interface RetryBudget {
  /** Tokens left. */
  left(nowMs: number): number;
  /** A call that is no retry was made. */
  earn(): void;
  /** Takes a token for a retry; false when there is none. */
  spend(nowMs: number): boolean;
}

/** A full bucket. */
export const createRetryBudget = ({ share, burst, tokenMs }: BudgetSettings, beginMs: number): RetryBudget => {
  let tokens = burst;
  let seenMs = beginMs;
  const left = (nowMs: number): number => {
    tokens = Math.min(burst, tokens + Math.max(0, nowMs - seenMs) / tokenMs);
    seenMs = Math.max(seenMs, nowMs);
    return tokens;
  };
  return {
    left,
    earn: () => {
      tokens = Math.min(burst, tokens + share);
    },
    spend: (nowMs) => {
      if (left(nowMs) < 1) return false;
      tokens -= 1;
      return true;
    },
  };
};
