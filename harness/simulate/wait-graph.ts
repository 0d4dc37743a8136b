/** Who waits for whom, as a graph: its cycles are the deadlocks. */

/** True when `from` waits, over any number of others, for itself. `waitsFor` holds the direct waits of each node. */
export const closesCycle = <N>(waitsFor: ReadonlyMap<N, readonly N[]>, from: N): boolean => {
  const seen = new Set<N>();
  const open = [...(waitsFor.get(from) ?? [])];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (node === from) return true;
    if (seen.has(node)) continue;
    seen.add(node);
    open.push(...(waitsFor.get(node) ?? []));
  }
  return false;
};
