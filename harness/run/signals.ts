/** Watches a run as an operator would: scrapes every role, evaluates the alert rules, looks at the board. */
import { type Clock, sleep } from '../clock.ts';
import { type Alerting, startAlerting } from '../observe/alerts.ts';
import { type BoardFile, type BoardPanel, readBoard } from '../observe/board.ts';
import { every } from '../observe/every.ts';
import { type Labels, labelOf, nameLabel, seriesText } from '../observe/labels.ts';
import { toOpenMetrics } from '../observe/open-metrics.ts';
import { coloursOf, type PanelView, viewOf } from '../observe/panel-view.ts';
import { seriesIn } from '../observe/promql/series-in.ts';
import { parseRules, type RuleGroup } from '../observe/rules.ts';
import { type Scraper, scrapeTargets } from '../observe/scrape.ts';
import { fetchPage } from '../observe/scrape-target.ts';
import { createStore, type SampleStore } from '../observe/store.ts';
import type { RunningWorld } from '../world.ts';
import type { Firing, Signals } from './agreement.ts';
import type { Lie } from './lies.ts';
import type { SignalLog } from './result.ts';

/** What operators have to watch a system with, and how often a run scrapes and evaluates. */
export interface Watching {
  /** A Prometheus rule file, YAML. */
  readonly rules: { readonly path: string; readonly text: string };
  /** A Grafana board, JSON. */
  readonly board: BoardFile;
  readonly intervalMs: number;
}

/** Who is watched, and by which lie between, if there is one. */
export interface Watched {
  readonly world: Pick<RunningWorld, 'metrics'>;
  /** Prometheus' label `job`. */
  readonly job: string;
  readonly lie?: Lie;
}

/** Signals being watched. */
export interface SignalWatch {
  /** Longest time from a series to its alert when everything is on time: one scrape and one evaluation. */
  readonly latencyMsMax: number;
  /** True while a rule of this name exists and has not fired. */
  isSilent(alert: string): boolean;
  /** True while an alert of this name fires. */
  isFiring(alert: string): boolean;
  /** Adds a sample of the harness's own to what was scraped: `topple_…`, as it is now. */
  note(metric: string, labels: Labels, value: number): void;
  /** Looks once more, then ends; what alerts and panels said over the whole watch. */
  stop(
    bounds: Pick<Signals, 'detectMsMax' | 'slowMsMax' | 'agesMs'>,
    mended: ReadonlyMap<string, number>,
  ): Promise<Heard>;
  /** Ends without another look; harmless after `stop`. */
  abandon(): Promise<void>;
}

/** What was heard until the end. */
export interface Heard {
  readonly signals: Signals;
  readonly panels: readonly PanelView[];
  readonly log: SignalLog;
}

/** On a busy machine a scrape may take many intervals; only one that hangs is a failed one. */
const scrapeMsMax = 5_000;
/** The window that Grafana puts for `$__rate_interval`, in scrapes: it is four at the least. */
const scrapesPerRateWindow = 4;

/** Each firing with its end: the next time at which the same alert stopped. */
const firingsOf = ({ transitions }: Alerting): readonly Firing[] =>
  transitions.flatMap(({ alert, labels, atMs, to }, index): readonly Firing[] => {
    if (to !== 'firing') return [];
    const end = transitions
      .slice(index + 1)
      .find((later) => later.from === 'firing' && seriesText(later.labels) === seriesText(labels));
    return [{ alert, atMs, ...(end === undefined ? {} : { endedMs: end.atMs }) }];
  });

const alertsIn = (rules: readonly RuleGroup[]): ReadonlySet<string> =>
  new Set(rules.flatMap((group) => group.rules.filter(({ kind }) => kind === 'alert').map(({ name }) => name)));

const brokenIn = (alerting: Alerting): ReadonlySet<string> =>
  new Set(
    alerting
      .health()
      .filter(({ failures }) => failures > 0)
      .map(({ rule }) => rule),
  );

const logOf = (store: SampleStore, scraper: Scraper, alerting: Alerting): SignalLog => ({
  openMetrics: toOpenMetrics(store),
  alerts: alerting.transitions,
  failedScrapes: scraper.failures.map(({ target, error }) => `${target.instance}: ${error.message}`),
});

const signalNames = (rules: readonly RuleGroup[]): ReadonlySet<string> =>
  new Set(rules.flatMap((group) => group.rules.flatMap(({ query }) => seriesIn(query.text))));

/** A sample bears the time at which its scrape began, and says what was true at any time until it ended. */
const longestScrapeMs = (store: SampleStore): number => {
  const durations = store.select([]).filter(({ labels }) => labelOf(labels, nameLabel) === 'scrape_duration_seconds');
  return Math.max(0, ...durations.flatMap(({ points }) => points.map(({ value }) => (value ?? 0) * 1_000)));
};

/** What the watch looks at: rules and panels as written, or as the lie wants them. */
const prepared = ({ rules, board, intervalMs }: Watching, lie: Lie | undefined) => ({
  rules: parseRules({ path: rules.path, text: lie?.rules?.(rules.text) ?? rules.text }),
  panels: readBoard(
    { path: board.path, text: lie?.board?.(board.text) ?? board.text },
    scrapesPerRateWindow * intervalMs,
  ),
});

const looked = (panels: readonly BoardPanel[], store: SampleStore, momentsMs: readonly number[]) => {
  const views = panels.map((panel) => viewOf(panel, store, momentsMs));
  const judging = views.filter(({ panel }) => panel.steps.length > 0);
  return { views, colours: new Map(judging.map((view) => [view.panel.title, coloursOf(view, momentsMs)])) };
};

/** Starts with a first scrape of every role, so that no rule is evaluated before there was anything to see. */
export const watchSignals = async (
  { world, job, lie }: Watched,
  watching: Watching,
  clock: Clock,
): Promise<SignalWatch> => {
  const { intervalMs } = watching;
  const { rules, panels } = prepared(watching, lie);
  const store = createStore();
  const targets = world.metrics.map((page) => ({
    job,
    instance: page.instance,
    get url() {
      return page.url; // a role that is started again listens elsewhere
    },
  }));
  const get = lie?.fetch?.(fetchPage, signalNames(rules)) ?? fetchPage;
  const scraper = scrapeTargets({ clock, targets, store, intervalMs, timeoutMs: scrapeMsMax, fetchPage: get });
  await scraper.scrapeOnce();
  const alerting = startAlerting({ clock, store, rules, intervalMs });
  const momentsMs: number[] = [];
  const endLooks = every(clock, intervalMs, (dueMs) => momentsMs.push(dueMs));
  const end = async (): Promise<void> => {
    alerting.stop();
    endLooks();
    await scraper.stop();
  };
  const watched = alertsIn(rules);
  return {
    latencyMsMax: 2 * intervalMs,
    isSilent: (alert) => watched.has(alert) && !firingsOf(alerting).some((firing) => firing.alert === alert),
    isFiring: (alert) => firingsOf(alerting).some((firing) => firing.alert === alert && firing.endedMs === undefined),
    note: (metric, labels, value) => {
      store.append({ ...labels, [nameLabel]: metric }, clock.nowMs(), value);
    },
    stop: async (bounds, mended) => {
      await scraper.scrapeOnce();
      await sleep(clock, intervalMs + 1); // the evaluation that sees that scrape
      await end();
      const { views, colours } = looked(panels, store, momentsMs);
      const said = { firings: firingsOf(alerting), watched, broken: brokenIn(alerting), colours, mended };
      return {
        signals: { ...said, ...bounds, toleranceMs: intervalMs + longestScrapeMs(store) },
        panels: views,
        log: logOf(store, scraper, alerting),
      };
    },
    abandon: end,
  };
};
