/** Days and months of bills, which begin and end at midnight in Beijing. */
import { beijingTime } from './beijing-time.ts';

/** The days of a bill, from one midnight in Beijing to another. */
export interface BillRange {
  readonly fromMs: number;
  readonly untilMs: number;
}

const midnightMs = (day: string): number => Date.parse(`${day}T00:00:00+08:00`);

/** The range of `YYYY-MM-DD` or `YYYY-MM`; undefined for anything else. */
export const readBillDate = (date: string): BillRange | undefined => {
  const isMonth = /^\d{4}-\d\d$/.test(date);
  if (!isMonth && !/^\d{4}-\d\d-\d\d$/.test(date)) return undefined;
  const fromMs = midnightMs(isMonth ? `${date}-01` : date);
  if (Number.isNaN(fromMs) || !beijingTime(fromMs).startsWith(date)) return undefined;
  if (!isMonth) return { fromMs, untilMs: fromMs + 86_400_000 };
  const next = beijingTime(fromMs + 32 * 86_400_000).slice(0, 7);
  return { fromMs, untilMs: midnightMs(`${next}-01`) };
};

/** Whether a bill that is there `readyAfterMs` after the end of its last day is there at `nowMs`. */
export const isReady = ({ untilMs }: BillRange, readyAfterMs: number, nowMs: number): boolean =>
  nowMs >= untilMs + readyAfterMs;
