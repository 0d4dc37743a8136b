/** Values that a client should not send, and some that it may. */
import type { Random } from '#harness/seed';

const oddTexts: readonly string[] = [
  '',
  ' ',
  '0',
  '-1',
  '1e21',
  'NaN',
  'null',
  'constructor',
  '__proto__',
  'toString',
  '中文',
  'ü&=%+#?/\\"\'()*!~',
  '\u0000\n\t',
  '\u{1f4a9}',
  '../../etc',
  '9'.repeat(40),
  'x'.repeat(5_000),
];

/** Text that means nothing to anybody. */
export const drawOddText = (random: Random): string => random.pick(oddTexts);

/** Any JSON value, at most three deep. */
const drawJson = (random: Random, depth = 0): unknown => {
  const kind = random.integer(0, depth < 3 ? 7 : 5);
  if (kind === 0) return null;
  if (kind === 1) return random.unit() < 0.5;
  if (kind === 2) return random.integer(-2, 100_000);
  if (kind === 3) return random.pick([0.1 + 0.2, 1e21, -0, 1e-7, 2 ** 53 + 2, -88.88]);
  if (kind < 6) return drawOddText(random);
  const size = random.integer(0, 3);
  if (kind === 6) return Array.from({ length: size }, () => drawJson(random, depth + 1));
  return Object.fromEntries(Array.from({ length: size }, () => [drawOddText(random), drawJson(random, depth + 1)]));
};

/** One of `sensible`, or, one time in `chances`, anything. */
export const drawOr = <T>(random: Random, sensible: readonly T[], chances = 12): T | unknown =>
  random.integer(1, chances) === 1 ? drawJson(random) : random.pick(sensible);

/** A value as a form would carry it. */
export const asText = (value: unknown): string =>
  typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value ?? '');

/** An amount with at most two decimals, now and then none that can be used; `unitsMax` is its usual bound. */
export const drawAmount = (random: Random, unitsMax = 5_000): number => {
  const kind = random.integer(1, 20);
  if (kind === 1) return random.pick([0, -1, 1.001, 0.1 + 0.2, 1e21, 1e12]);
  return random.integer(1, unitsMax * 100) / 100;
};

/** Fields without those that are undefined, now and then without one more, or with one too many. */
export const drawFields = (random: Random, fields: Readonly<Record<string, unknown>>): Record<string, unknown> => {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  const kind = random.integer(1, 20);
  if (kind === 1 && entries.length > 0) entries.splice(random.integer(0, entries.length - 1), 1);
  if (kind === 2) entries.push([drawOddText(random) || 'x', drawJson(random)]);
  return Object.fromEntries(entries);
};
