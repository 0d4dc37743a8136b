/** Runs seed after seed until one does not hold. */
import type { Finding } from '../run/audit.ts';

/** How the search ended: at a seed that did not hold, or with all that were tried holding. */
export interface Search {
  readonly held: number;
  readonly failed?: { readonly seed: number; readonly finding: Exclude<Finding, 'holds'> };
}

/**
 * Tries `firstSeed`, the next, and so on, at most `triesMax` of them; `told` hears of each seed that held. Rejects when
 * a run does.
 */
export const untilFail = async (
  run: (seed: number) => Promise<Finding>,
  firstSeed: number,
  triesMax: number,
  told: (seed: number, heldCount: number) => void,
): Promise<Search> => {
  for (let held = 0; held < triesMax; held += 1) {
    const seed = firstSeed + held;
    const finding = await run(seed);
    if (finding !== 'holds') return { held, failed: { seed, finding } };
    told(seed, held + 1);
  }
  return { held: triesMax };
};
