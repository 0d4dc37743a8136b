import type { Clock } from '../clock.ts';
import { errors, ToppleError } from '../errors.ts';
import { createExpositionParser } from './exposition.ts';
import { type Labels, labelOf, nameLabel, withLabels } from './labels.ts';
import { createSource, type Reading } from './source.ts';
import type { SampleStore } from './store.ts';

/** A metrics page, where it is at the moment, and the labels that all of its series get. */
export interface ScrapeTarget {
  readonly job: string;
  readonly instance: string;
  readonly url: string;
}

/** A scrape that gave nothing; `error` says why. */
export interface ScrapeFailure {
  readonly target: ScrapeTarget;
  readonly atMs: number;
  readonly error: ToppleError;
}

/** Gets a page; rejects when there is no answer, or when `signal` is aborted. */
export type FetchPage = (
  url: string,
  signal: AbortSignal,
) => Promise<{ readonly status: number; readonly body: string }>;

/** Over HTTP, a new connection each time: a kept one would hold up a server that shuts down. */
export const fetchPage: FetchPage = async (url, signal) => {
  const headers = {
    accept: 'application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5',
    connection: 'close',
  };
  const response = await fetch(url, { signal, headers });
  return { status: response.status, body: await response.text() };
};

/** A label of the page that the target's own labels would hide gets the prefix `exported_`, as in Prometheus. */
const labelled = ({ job, instance }: ScrapeTarget, labels: Labels): Labels =>
  withLabels(labels, {
    job,
    instance,
    ...(labelOf(labels, 'job') === '' ? {} : { exported_job: labelOf(labels, 'job') }),
    ...(labelOf(labels, 'instance') === '' ? {} : { exported_instance: labelOf(labels, 'instance') }),
  });

const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (!(cause instanceof Error)) return error.message;
  return cause.message || (cause as NodeJS.ErrnoException).code || error.message;
};

const rejectOnAbort = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });

/** What the scrapers of all targets share. */
export interface ScrapeParts {
  readonly clock: Clock;
  readonly store: SampleStore;
  readonly timeoutMs: number;
  readonly fetchPage: FetchPage;
  onFailure(failure: ScrapeFailure): void;
}

const readPage = async (
  { clock, timeoutMs, fetchPage: get }: ScrapeParts,
  url: string,
  controller: AbortController,
): Promise<string> => {
  const { signal } = controller;
  const late = (): void => controller.abort(new Error(`no whole answer within ${timeoutMs} ms`));
  const cancelTimer = clock.after(timeoutMs, late);
  try {
    const { status, body } = await Promise.race([get(url, signal), rejectOnAbort(signal)]);
    if (status !== 200) throw new Error(`its status was ${status}`);
    return body;
  } finally {
    cancelTimer();
  }
};

/** Scrapes one target, one scrape at a time. */
export interface TargetScraper {
  /** The scrape under way, if there is one. */
  busy(): Promise<void> | undefined;
  /** Scrapes once; only while nothing is under way. */
  start(): Promise<void>;
  /** Ends the scrape under way without a trace, and makes every later one leave none. */
  stop(): void;
}

/** A scraper of `target`; what it finds goes into the store, dated by the start of the scrape. */
export const createTargetScraper = (parts: ScrapeParts, target: ScrapeTarget): TargetScraper => {
  const { clock, store } = parts;
  const page = createSource(store);
  const parse = createExpositionParser(target.url, (labels) => labelled(target, labels));
  const up = labelled(target, { [nameLabel]: 'up' });
  const duration = labelled(target, { [nameLabel]: 'scrape_duration_seconds' });
  let running: Promise<void> | undefined;
  let controller = new AbortController();
  let stopped = false;
  let latestMs = Number.NEGATIVE_INFINITY;

  const tell = (readings: readonly Reading[], atMs: number, value: 0 | 1): void => {
    page.tell(readings, atMs);
    store.append(up, atMs, value);
    store.append(duration, atMs, Math.max(0, clock.nowMs() - atMs) / 1000);
  };

  const scrape = async (): Promise<void> => {
    // A clock that was set back must not rewrite the past of a series.
    const atMs = Math.max(clock.nowMs(), latestMs);
    latestMs = atMs;
    controller = new AbortController();
    const { url } = target;
    const outcome = await readPage(parts, url, controller)
      .then(parse)
      .catch((thrown: unknown) =>
        thrown instanceof ToppleError ? thrown : errors.scrapeFailed(url, reasonOf(thrown)),
      );
    if (stopped) return;
    if (!(outcome instanceof ToppleError)) return tell(outcome, atMs, 1);
    parts.onFailure({ target, atMs, error: outcome });
    tell([], atMs, 0);
  };

  return {
    busy: () => running,
    start: () => {
      running = scrape().finally(() => {
        running = undefined;
      });
      return running;
    },
    stop: () => {
      stopped = true;
      controller.abort(new Error('scraping was stopped'));
    },
  };
};
