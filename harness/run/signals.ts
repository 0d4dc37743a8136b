/** Watches a run as an operator would: scrapes every role, evaluates the alert rules, and remembers what they said. */
import { type Clock, sleep } from '../clock.ts';
import { type Alerting, startAlerting } from '../observe/alerts.ts';
import { toOpenMetrics } from '../observe/open-metrics.ts';
import { parseRules, type RuleGroup } from '../observe/rules.ts';
import { type Scraper, scrapeTargets } from '../observe/scrape.ts';
import { createStore, type SampleStore } from '../observe/store.ts';
import type { RunningWorld } from '../world.ts';
import type { Alarms } from './agreement.ts';
import type { SignalLog } from './result.ts';

/** A Prometheus rule file, and how often the run scrapes and evaluates. */
export interface SignalRules {
  /** YAML. */
  readonly text: string;
  /** What errors call the file. */
  readonly path: string;
  readonly intervalMs: number;
}

/** Signals being watched. */
export interface SignalWatch {
  /** Longest time from a series to its alert when everything is on time: one scrape and one evaluation. */
  readonly latencyMsMax: number;
  /** True while a rule of this name exists and has not fired. */
  isSilent(alert: string): boolean;
  /** Looks once more, then ends; the alerts and samples of the whole watch. */
  stop(detectMsMax: number): Promise<{ readonly alarms: Alarms; readonly log: SignalLog }>;
  /** Ends without another look; harmless after `stop`. */
  abandon(): Promise<void>;
}

/** On a busy machine a scrape may take many intervals; only one that hangs is a failed one. */
const scrapeMsMax = 5_000;

const alarmsOf = (rules: readonly RuleGroup[], alerting: Alerting): Omit<Alarms, 'detectMsMax' | 'toleranceMs'> => ({
  firings: alerting.transitions.filter(({ to }) => to === 'firing').map(({ alert, atMs }) => ({ alert, atMs })),
  watched: new Set(
    rules.flatMap((group) => group.rules.filter(({ kind }) => kind === 'alert').map(({ name }) => name)),
  ),
  broken: new Set(
    alerting
      .health()
      .filter(({ failures }) => failures > 0)
      .map(({ rule }) => rule),
  ),
});

const logOf = (store: SampleStore, scraper: Scraper, alerting: Alerting): SignalLog => ({
  openMetrics: toOpenMetrics(store),
  alerts: alerting.transitions,
  failedScrapes: scraper.failures.map(({ target, error }) => `${target.instance}: ${error.message}`),
});

/** Starts with a first scrape of every role, so that no rule is evaluated before there was anything to see. */
export const watchSignals = async (
  world: RunningWorld,
  job: string,
  { intervalMs, ...file }: SignalRules,
  clock: Clock,
): Promise<SignalWatch> => {
  const rules = parseRules(file);
  const store = createStore();
  const targets = world.metrics.map(({ instance, url }) => ({ job, instance, url }));
  const scraper = scrapeTargets({ clock, targets, store, intervalMs, timeoutMs: scrapeMsMax });
  await scraper.scrapeOnce();
  const alerting = startAlerting({ clock, store, rules, intervalMs });
  return {
    latencyMsMax: 2 * intervalMs,
    isSilent: (alert) => {
      const { watched, firings } = alarmsOf(rules, alerting);
      return watched.has(alert) && !firings.some((firing) => firing.alert === alert);
    },
    stop: async (detectMsMax) => {
      await scraper.scrapeOnce();
      await sleep(clock, intervalMs + 1); // the evaluation that sees that scrape
      alerting.stop();
      await scraper.stop();
      const alarms = { ...alarmsOf(rules, alerting), detectMsMax, toleranceMs: intervalMs };
      return { alarms, log: logOf(store, scraper, alerting) };
    },
    abandon: async () => {
      alerting.stop();
      await scraper.stop();
    },
  };
};
