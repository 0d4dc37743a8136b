/** What must be undone before this process may end, also when Ctrl-C ends it. */
const duties = new Set<() => Promise<void>>();

/**
 * Runs `work` with a resource that is released afterwards, or at the interruption, but once. An interruption while it
 * is still being opened waits for that.
 */
export const withResource = async <Resource, Result>(
  opening: Promise<Resource>,
  release: (resource: Resource) => Promise<void>,
  work: (resource: Resource) => Promise<Result>,
): Promise<Result> => {
  const duty = () => opening.then(release, () => {}); // what failed to open has undone itself
  duties.add(duty);
  try {
    return await work(await opening);
  } finally {
    if (duties.delete(duty)) await duty();
  }
};

/** Releases everything that is held; rejects with the first failure after trying all. */
export const cleanUp = async (): Promise<void> => {
  const held = [...duties];
  duties.clear();
  const outcomes = await Promise.allSettled(held.map((duty) => duty()));
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
};
