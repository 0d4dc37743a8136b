/** Beijing's time, in which no clock is ever changed for summer. */
const beijingOffsetMs = 8 * 3_600_000;

/** `YYYY-MM-DD HH:mm:ss` in Beijing. */
export const beijingTime = (atMs: number): string =>
  new Date(atMs + beijingOffsetMs).toISOString().slice(0, 19).replace('T', ' ');

/** `YYYYMMDD` in Beijing. */
export const beijingDay = (atMs: number): string => beijingTime(atMs).slice(0, 10).replaceAll('-', '');
