import { errors } from '../errors.ts';
import { type Labels, nameLabel, seriesText } from './labels.ts';
import type { Reading } from './source.ts';
import { parseValue } from './value.ts';

/** name, labels, value; then a timestamp and an exemplar, both ignored. Label values may hold any of `{},=#`. */
const sampleLine = new RegExp(
  [
    /^([a-zA-Z_:][a-zA-Z0-9_:]*)[ \t]*/,
    /(?:\{([^"}]*(?:"[^"\\]*(?:\\.[^"\\]*)*"[^"}]*)*)\})?[ \t]*/,
    /(?<=[ \t}])(\S+)/,
    /(?:[ \t]+-?[0-9.eE+]+)?[ \t]*(?:# .*)?$/,
  ]
    .map((part) => part.source)
    .join(''),
);
const labelPair = /[ \t]*([a-zA-Z_][a-zA-Z0-9_]*)[ \t]*=[ \t]*"((?:[^"\\]|\\.)*)"[ \t]*(?:,|$)/y;

const unescapeLabel = (text: string): string =>
  text.includes('\\') ? text.replace(/\\([\\"n])/g, (_, char: string) => (char === 'n' ? '\n' : char)) : text;

/** The labels between the braces, or undefined when they cannot be read or one is there twice. */
const parseLabels = (name: string, inside: string): Labels | undefined => {
  const pairs: [string, string][] = [[nameLabel, name]];
  labelPair.lastIndex = 0;
  while (labelPair.lastIndex < inside.trimEnd().length) {
    const match = labelPair.exec(inside);
    if (!match) return undefined;
    const label = match[1] as string;
    if (pairs.some(([other]) => other === label)) return undefined;
    pairs.push([label, unescapeLabel(match[2] as string)]);
  }
  return Object.fromEntries(pairs.filter(([, value]) => value !== ''));
};

/** Reads the pages of one URL; a page that has mostly the series of the one before costs little. */
export type ExpositionParser = (page: string) => readonly Reading[];

/**
 * A parser of metrics pages in Prometheus text format 0.0.4 or OpenMetrics, as prom-client writes them. Timestamps and
 * exemplars are ignored; `relabel` may replace the labels of each series. Anything else than a metrics page, and a
 * series that is there twice, is an error `not-metrics` that names `url` and the line.
 */
export const createExpositionParser = (
  url: string,
  relabel: (labels: Labels) => Labels = (labels) => labels,
): ExpositionParser => {
  // Equal label sets are one object, by the text they had on the page and by the text that identifies the series.
  const byPageText = new Map<string, Labels>();
  const byText = new Map<string, Labels>();

  const labelsOf = (name: string, inside: string): Labels | undefined => {
    const pageText = `${name}{${inside}`;
    const known = byPageText.get(pageText);
    if (known) return known;
    const parsed = parseLabels(name, inside);
    if (!parsed) return undefined;
    const relabelled = relabel(parsed);
    const text = seriesText(relabelled);
    const labels = byText.get(text) ?? relabelled;
    byText.set(text, labels);
    byPageText.set(pageText, labels);
    return labels;
  };

  const parseSample = (line: string): Reading | undefined => {
    const match = sampleLine.exec(line);
    if (!match) return undefined;
    const labels = labelsOf(match[1] as string, match[2] ?? '');
    const value = parseValue(match[3] as string);
    return labels === undefined || value === undefined ? undefined : { labels, value };
  };

  return (page) => {
    const readings: Reading[] = [];
    const seen = new Set<Labels>();
    let ended = false;
    for (const [index, line] of page.split('\n').entries()) {
      if (line.trim() === '') continue;
      if (ended) throw errors.notMetrics(url, index + 1, `text after "# EOF": ${line}`);
      ended = line === '# EOF';
      if (line.startsWith('#')) continue;
      const reading = parseSample(line);
      if (!reading) throw errors.notMetrics(url, index + 1, line);
      if (seen.has(reading.labels)) {
        throw errors.notMetrics(url, index + 1, `the second sample of ${seriesText(reading.labels)}`);
      }
      seen.add(reading.labels);
      readings.push(reading);
    }
    return readings;
  };
};

/** The samples of one metrics page; for pages that are read again and again, keep a parser. */
export const parseExposition = (url: string, page: string): readonly Reading[] => createExpositionParser(url)(page);
