/** Gauges that are looked up at each scrape. */
import { Gauge, type Registry } from 'prom-client';

const helps = {
  topup_circuit_breaker_state: 'The breaker of each provider in this process: 0 closed, 1 probing, 2 open.',
  topup_orders_overcalled: 'Orders for which a provider was called too often without an answer, since the start.',
  topup_retry_budget_left: 'Retries that this process may make at once, by provider.',
} as const;

type Labels = Readonly<Record<string, string>>;

/** Adds the series `labels` to the gauge `name`; every series of a gauge has the same label names. */
export type Show = (name: keyof typeof helps, labels: Labels, read: () => number) => void;

/** Shows gauges in `registry`. */
export const gaugesIn = (registry: Registry): Show => {
  const series = new Map<string, { readonly labels: Labels; readonly read: () => number }[]>();
  return (name, labels, read) => {
    const shown = series.get(name) ?? [];
    shown.push({ labels, read });
    if (series.has(name)) return;
    series.set(name, shown);
    const labelNames = Object.keys(labels);
    new Gauge({
      name,
      help: helps[name],
      labelNames,
      registers: [registry],
      collect() {
        for (const one of shown) this.set(one.labels, one.read());
      },
    });
  };
};
