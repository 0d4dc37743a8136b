/** Bounded concurrency for the work of one job. */

/** Runs `work` on every item, at most `countMax` at a time; rejects with the first failure once all has ended. */
export const inParallel = async <T>(
  items: readonly T[],
  countMax: number,
  work: (item: T) => Promise<void>,
): Promise<void> => {
  const failures: unknown[] = [];
  const queue = items.values();
  const worker = async (): Promise<void> => {
    for (const item of queue) await work(item).catch((error: unknown) => failures.push(error));
  };
  await Promise.all(Array.from({ length: Math.min(countMax, items.length) }, worker));
  if (failures.length > 0) throw failures[0];
};
