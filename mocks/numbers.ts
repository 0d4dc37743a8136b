/** Numbers and codes that look like a vendor's: most digits come from the moment, so that they tell their age. */
import type { Random } from '#harness/seed';

/** Lower-case letters and digits by chance. */
export const lettersFrom = (random: Random, length: number): string =>
  Array.from({ length }, () => random.integer(0, 35).toString(36)).join('');

/** A version 4 UUID in lower case. */
export const uuidFrom = (random: Random): string =>
  'xxxxxxxx-xxxx-4xxx-8xxx-xxxxxxxxxxxx'.replace(/x/g, () => random.integer(0, 15).toString(16));

/** Fifteen digits, unique over restarts within eleven days; `sequence` counts what was numbered before. */
export const momentNumber = (nowMs: number, sequence: number): string => {
  const moment = String(Math.trunc(nowMs) % 1_000_000_000).padStart(9, '0');
  return `${moment}${String(sequence % 1_000_000).padStart(6, '0')}`;
};
