/** Milliseconds of the units of a Prometheus duration, largest first. */
const unitsMs: readonly (readonly [unit: string, ms: number])[] = [
  ['y', 31_536_000_000],
  ['w', 604_800_000],
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
  ['ms', 1],
];

const syntax = new RegExp(`^${unitsMs.map(([unit]) => `(?:(\\d+)${unit})?`).join('')}$`);

/** Milliseconds of a Prometheus duration (`1h30m`, `250ms`, `0`; units in falling order), or undefined. */
export const parseDurationMs = (text: string): number | undefined => {
  if (text === '0') return 0;
  const match = syntax.exec(text);
  if (!match || text === '') return undefined;
  return unitsMs.reduce((totalMs, [, ms], index) => totalMs + Number(match[index + 1] ?? 0) * ms, 0);
};
