/** The name that somebody may have meant. */

/** How many letters have to be put in, taken out or exchanged to make one of the other. */
const distance = (one: string, other: string): number => {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (const [at, letter] of [...one].entries()) {
    const next = [at + 1];
    for (const [index, wanted] of [...other].entries()) {
      const exchanged = (row[index] ?? 0) + (letter === wanted ? 0 : 1);
      next.push(Math.min(exchanged, (row[index + 1] ?? 0) + 1, (next[index] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
};

/** The first of `known` that is nearest to `given`; undefined when each differs in more than a third of its letters. */
export const nearestName = (given: string, known: readonly string[]): string | undefined => {
  const [nearest] = known
    .map((name) => ({ name, differs: distance(given.toLowerCase(), name.toLowerCase()) }))
    .filter(({ name, differs }) => differs <= Math.floor(name.length / 3))
    .sort((a, b) => a.differs - b.differs);
  return nearest?.name;
};
