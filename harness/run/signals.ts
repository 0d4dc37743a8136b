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
import { type FetchPage, fetchPage } from '../observe/scrape-target.ts';
import { createStore, type SampleStore } from '../observe/store.ts';
import type { Target } from '../target.ts';
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
  /** How long after a scrape the rules are evaluated; 0 when left out. */
  readonly evaluateAfterMs?: number;
}

/** What is looked at and how, read once for any number of watches. */
export interface Looking extends Pick<Watching, 'intervalMs' | 'evaluateAfterMs'> {
  readonly rules: readonly RuleGroup[];
  readonly panels: readonly BoardPanel[];
  readonly lie?: Lie;
}

/** Who is watched. */
export interface Watched {
  readonly world: Pick<RunningWorld, 'metrics'>;
  /** Prometheus' label `job`. */
  readonly job: string;
  /** How its pages are got; over HTTP when left out. */
  readonly fetchPage?: FetchPage;
}

/** How long alerts may take, and from which age on a fact is a breach. */
type SignalBounds = Pick<Signals, 'detectMsMax' | 'slowMsMax' | 'agesMs'>;

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
  stop(bounds: SignalBounds, mended: ReadonlyMap<string, number>): Promise<Heard>;
  /** Ends without another look; harmless after `stop`. */
  abandon(): Promise<void>;
}

/** What was heard until the end. */
export interface Heard {
  readonly signals: Signals;
  readonly panels: readonly PanelView[];
  log(): SignalLog;
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

/** Rules and panels as written, or as the lie between wants them. Throws what `parseRules` and `readBoard` throw. */
export const lookingAt = ({ rules, board, ...times }: Watching, lie: Lie | undefined): Looking => ({
  ...times,
  rules: parseRules({ path: rules.path, text: lie?.rules?.(rules.text) ?? rules.text }),
  panels: readBoard(
    { path: board.path, text: lie?.board?.(board.text) ?? board.text },
    scrapesPerRateWindow * times.intervalMs,
  ),
  ...(lie === undefined ? {} : { lie }),
});

/** Longest times from a breach to its alert: what the target declares, scaled, and what scraping takes. */
export const boundsOf = (
  { signalDelayS, slowSignalsS = {}, agesS = {} }: Target,
  timeScale: number,
  latencyMs: number,
): SignalBounds => {
  const inRunMs = (delayS: number): number => (delayS * 1_000) / timeScale + latencyMs;
  const slow = Object.entries(slowSignalsS).map(([signal, delayS]) => [signal, inRunMs(delayS)] as const);
  const ages = Object.entries(agesS).map(([signal, ageS]) => [signal, (ageS * 1_000) / timeScale] as const);
  return { detectMsMax: inRunMs(signalDelayS), slowMsMax: new Map(slow), agesMs: new Map(ages) };
};

const looked = (panels: readonly BoardPanel[], store: SampleStore, momentsMs: readonly number[]) => {
  const views = panels.map((panel) => viewOf(panel, store, momentsMs));
  const judging = views.filter(({ panel }) => panel.steps.length > 0);
  return { views, colours: new Map(judging.map((view) => [view.panel.title, coloursOf(view, momentsMs)])) };
};

/** Starts with a first scrape of every role, so that no rule is evaluated before there was anything to see. */
export const watchSignals = async (
  { world, job, fetchPage: ask = fetchPage }: Watched,
  { intervalMs, evaluateAfterMs: delayMs = 0, rules, panels, lie }: Looking,
  clock: Clock,
): Promise<SignalWatch> => {
  const store = createStore();
  const targets = world.metrics.map((page) => ({
    job,
    instance: page.instance,
    get url() {
      return page.url; // a role that is started again listens elsewhere
    },
  }));
  const get = lie?.fetch?.(ask, signalNames(rules)) ?? ask;
  const scraper = scrapeTargets({ clock, targets, store, intervalMs, timeoutMs: scrapeMsMax, fetchPage: get });
  await scraper.scrapeOnce();
  const alerting = startAlerting({ clock, store, rules, intervalMs, delayMs });
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
        log: () => logOf(store, scraper, alerting),
      };
    },
    abandon: end,
  };
};
