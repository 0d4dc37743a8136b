import { Counter, Gauge, Histogram, type OpenMetricsContentType, Registry } from 'prom-client';
import { describe, expect, test } from 'vitest';
import { ToppleError } from '../errors.ts';
import { parseExposition } from './exposition.ts';
import { seriesText } from './labels.ts';

const url = 'http://127.0.0.1:9/metrics';

const read = (page: string): Record<string, number> =>
  Object.fromEntries(parseExposition(url, page).map(({ labels, value }) => [seriesText(labels), value]));

test.each([
  ['a 1', { a: 1 }],
  ['a{} 1', { a: 1 }],
  ['a 1 1700000000000\nb 2', { a: 1, b: 2 }],
  ['# HELP a what\n# TYPE a gauge\n\na -1.5e+3\n', { a: -1500 }],
  ['a Nan\nb +Inf\nc -Inf\nd .5', { a: Number.NaN, b: Infinity, c: -Infinity, d: 0.5 }],
  ['a{x="1",y="2",} 3', { 'a{x="1",y="2"}': 3 }],
  ['a{ x = "1" , y = "" }\t3', { 'a{x="1"}': 3 }],
  ['a{x="} # {,=\\"\\\\\\n"} 3', { 'a{x="} # {,=\\"\\\\\\n"}': 3 }],
  ['a:b_total{x="1"} 3 # {trace_id="t}"} 0.5 1700000000.123', { 'a:b_total{x="1"}': 3 }],
  ['a 1\n# EOF\n', { a: 1 }],
  ['', {}],
])('%j is read', (page, samples) => expect(read(page)).toEqual(samples));

describe('what is not a metrics page is refused', () => {
  test.each([
    ['<!doctype html>', 1, '<!doctype html>'],
    ['{"status":"ok"}', 1, '{"status":"ok"}'],
    ['a 1\nNot Found', 2, 'Not Found'],
    ['a', 1, 'a'],
    ['a1', 1, 'a1'],
    ['a{x="1" 3', 1, 'a{x="1" 3'],
    ['a{x=1} 3', 1, 'a{x=1} 3'],
    ['a{x="1" y="2"} 3', 1, 'a{x="1" y="2"} 3'],
    ['a{x="1",x="2"} 3', 1, 'a{x="1",x="2"} 3'],
    ['a 1 2 3', 1, 'a 1 2 3'],
    ['a 0x10', 1, 'a 0x10'],
    ['a 1\r', 1, 'a 1\r'],
    ['a{x="1",y="2"} 1\na{y="2",x="1"} 1', 2, 'the second sample of a{x="1",y="2"}'],
    ['a 1\n# EOF\nb 1', 3, 'text after "# EOF": b 1'],
  ])('%j', (page, line, seen) => {
    const refused = expect(() => read(page));
    refused.toThrow(ToppleError);
    refused.toThrow(`${url} is not a metrics page: line ${line} is "${seen}"`);
  });
});

test.each([Registry.PROMETHEUS_CONTENT_TYPE, Registry.OPENMETRICS_CONTENT_TYPE] as OpenMetricsContentType[])(
  'what prom-client writes as %s is read',
  async (contentType) => {
    const registry = new Registry<OpenMetricsContentType>();
    registry.setContentType(contentType);
    const registers = [registry];
    new Counter({ name: 'paid_total', help: 'h', labelNames: ['p'], registers }).inc({ p: 'a"\\\n}' }, 3);
    new Gauge({ name: 'drift', help: 'h', registers }).set(Number.NaN);
    const enableExemplars = contentType === Registry.OPENMETRICS_CONTENT_TYPE;
    const wait = new Histogram({ name: 'wait_seconds', help: 'h', buckets: [0.5], registers, enableExemplars });
    if (enableExemplars) wait.observe({ labels: {}, value: 0.25, exemplarLabels: { trace_id: '}"' } as object });
    else wait.observe(0.25);
    expect(read(await registry.metrics())).toEqual({
      'paid_total{p="a\\"\\\\\\n}"}': 3,
      drift: Number.NaN,
      'wait_seconds_bucket{le="0.5"}': 1,
      'wait_seconds_bucket{le="+Inf"}': 1,
      wait_seconds_count: 1,
      wait_seconds_sum: 0.25,
    });
  },
);
