import type { Clock } from '../clock.ts';
import { every } from './every.ts';
import {
  createTargetScraper,
  type FetchPage,
  fetchPage,
  type ScrapeFailure,
  type ScrapeTarget,
  type TargetScraper,
} from './scrape-target.ts';
import type { SampleStore } from './store.ts';

/** What a scraper works with. A scrape that lasts `timeoutMs` of `clock` fails; 10 s unless the interval is shorter. */
export interface ScrapeOptions {
  readonly clock: Clock;
  readonly targets: readonly ScrapeTarget[];
  readonly store: SampleStore;
  /** Left out: only `scrapeOnce` scrapes. */
  readonly intervalMs?: number;
  readonly timeoutMs?: number;
  readonly fetchPage?: FetchPage;
}

/** A scraper at work. */
export interface Scraper {
  /** Every scrape that failed, in order of its end. */
  readonly failures: readonly ScrapeFailure[];
  /** A scrape of each target that starts now, or as soon as the one under way has ended. */
  scrapeOnce(): Promise<void>;
  /** Resolves when nothing is under way; a scrape that is cut short by this leaves no trace. */
  stop(): Promise<void>;
}

/**
 * Scrapes each target now and then every `intervalMs`, as Prometheus does: the series of a page get `job` and
 * `instance`; `up` and `scrape_duration_seconds` are added; a series that left its page, and every series of a target
 * whose scrape failed, ends with a stale marker. A tick that finds the scrape before it still under way is skipped.
 */
export const scrapeTargets = (options: ScrapeOptions): Scraper => {
  const { clock, targets, store, intervalMs } = options;
  const timeoutMs = options.timeoutMs ?? Math.min(intervalMs ?? Number.POSITIVE_INFINITY, 10_000);
  const failures: ScrapeFailure[] = [];
  const onFailure = (failure: ScrapeFailure): void => {
    failures.push(failure);
  };
  const parts = { clock, store, timeoutMs, fetchPage: options.fetchPage ?? fetchPage, onFailure };
  const scrapers = targets.map((target) => createTargetScraper(parts, target));
  const tick = (): void => {
    for (const scraper of scrapers) if (scraper.busy() === undefined) void scraper.start();
  };
  const endTicks = intervalMs === undefined ? () => {} : every(clock, intervalMs, tick);
  return {
    failures,
    scrapeOnce: async () => {
      const fresh = async (scraper: TargetScraper): Promise<void> => {
        while (scraper.busy() !== undefined) await scraper.busy();
        await scraper.start();
      };
      await Promise.all(scrapers.map(fresh));
    },
    stop: async () => {
      endTicks();
      for (const scraper of scrapers) scraper.stop();
      await Promise.all(scrapers.map((scraper) => scraper.busy()));
    },
  };
};
