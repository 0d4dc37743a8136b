/**
 * Ways in which dashboards mislead, put between the system and those who watch it. The system is left as it is: each
 * lie must be exposed by the judge, or the judge proves nothing.
 */
import type { FetchPage } from '../observe/scrape-target.ts';
import type { Agreement } from './agreement.ts';
import type { Finding } from './audit.ts';

/** One way to mislead. What it leaves out stays true. */
export interface Lie {
  readonly id: string;
  /** One sentence: what is not true any more. */
  readonly summary: string;
  /** Whether it can only be told of a system that is wrong, or of one that is right. */
  readonly about: 'defect' | 'sound';
  /** What the judge has to say of the promise, and of the run. */
  readonly exposedAs: Extract<Agreement, 'missed' | 'false alarm' | 'blind'>;
  readonly finding: Exclude<Finding, 'holds'>;
  /** The rule file that is used instead. */
  rules?(text: string): string;
  /** The Grafana board that is used instead. */
  board?(text: string): string;
  /** What scrapes get; `signals` are the metrics that rules read. */
  fetch?(get: FetchPage, signals: ReadonlySet<string>): FetchPage;
}

/** A lie that changes nothing would be exposed as nothing; it throws instead. */
const changed = (text: string, lied: string): string => {
  if (lied === text)
    throw new Error('this lie finds nothing to change: the form of the generated files is another one');
  return lied;
};

const zeroed = (page: string, signals: ReadonlySet<string>): string =>
  page.replace(/^([a-zA-Z_:][\w:]*)(\{.*\})? \S+/gm, (line, name: string, labels = '') =>
    signals.has(name) ? `${name}${labels} 0` : line,
  );

/** All lies, sorted by id. */
export const lies: readonly Lie[] = [
  {
    id: 'nervous-alert',
    summary: 'Every alert fires already at its bound, not only above it.',
    about: 'sound',
    exposedAs: 'false alarm',
    finding: 'violated',
    rules: (text) => changed(text, text.replace(/^( *expr: .*) > (\S+)$/gm, '$1 >= $2')),
  },
  {
    id: 'pale-panel',
    summary: 'No panel of a promise ever turns red: its thresholds have lost every step but the first.',
    about: 'defect',
    exposedAs: 'missed',
    finding: 'violated',
    board: (text) =>
      changed(
        text,
        JSON.stringify(
          JSON.parse(text, (key, value: unknown) =>
            key === 'steps' && Array.isArray(value) ? value.slice(0, 1) : value,
          ),
        ),
      ),
  },
  {
    id: 'silent-metrics',
    summary: 'Every metric that an alert reads is exported as 0, whatever the ledger says.',
    about: 'defect',
    exposedAs: 'missed',
    finding: 'violated',
    fetch: (get, signals) => async (url, signal) => {
      const { status, body } = await get(url, signal);
      return { status, body: zeroed(body, signals) };
    },
  },
  {
    id: 'stopped-scrape',
    summary: 'After the first scrape of each role every further one fails, so that its series end.',
    about: 'sound',
    exposedAs: 'blind',
    finding: 'unknown',
    fetch: (get) => {
      const scraped = new Set<string>();
      return async (url, signal) => {
        if (scraped.has(url)) throw new Error('scraping was stopped on purpose');
        scraped.add(url);
        return get(url, signal);
      };
    },
  },
];
