/** Starting many things at once, and undoing whatever was started. */

/** What has to be undone at the end of the run, in the order in which it was done. */
export type Undo = (() => Promise<unknown>)[];

/** Waits for all, also when one fails, so that nothing is still being started when the failure is handled. */
export const together = async <Result>(promises: readonly Promise<Result>[]): Promise<Result[]> => {
  const outcomes = await Promise.allSettled(promises);
  return outcomes.map((outcome) => {
    if (outcome.status === 'rejected') throw outcome.reason;
    return outcome.value;
  });
};

/** Takes every step, also after one that failed; rejects with the first failure. */
export const undoAll = async (undo: Undo): Promise<void> => {
  const failures: unknown[] = [];
  for (const step of undo.splice(0).reverse()) {
    try {
      await step();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
};
