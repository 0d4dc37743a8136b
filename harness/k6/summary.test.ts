import { expect, test } from 'vitest';
import { readSummary } from './summary.ts';

/** As k6 2.2 wrote it; in `thresholds`, true is a threshold that failed. */
const written = {
  root_group: {},
  metrics: {
    iterations: { count: 61, rate: 20.3, thresholds: { 'count>=20': false, 'rate>30': true } },
    checks: { passes: 60, fails: 1, value: 0.98, thresholds: { 'rate>0.99': true } },
    'http_req_duration{name:pay}': { avg: 2, 'p(95)': 7.5, thresholds: { ' p(95)<10': false, 'p(99)<10': false } },
    vus: { value: 3, min: 0, max: 5, thresholds: { 'value<9': false } },
    http_reqs: { count: 61, rate: 20.3 },
  },
};

test('every threshold is there, with what it was asked of, as far as the summary has it', () => {
  expect(readSummary(JSON.stringify(written))).toEqual({
    iterations: 61,
    thresholds: [
      { metric: 'checks', condition: 'rate>0.99', passed: false, value: 0.98 },
      { metric: 'http_req_duration{name:pay}', condition: ' p(95)<10', passed: true, value: 7.5 },
      { metric: 'http_req_duration{name:pay}', condition: 'p(99)<10', passed: true },
      { metric: 'iterations', condition: 'count>=20', passed: true, value: 61 },
      { metric: 'iterations', condition: 'rate>30', passed: false, value: 20.3 },
      { metric: 'vus', condition: 'value<9', passed: true, value: 3 },
    ],
  });
});

test.each([
  ['nothing', ''],
  ['the new machine-readable summary, which has no thresholds', '{"config":{},"results":{"metrics":[]}}'],
  ['half of one', '{"metrics":{'],
])('%s is no summary', (_what, text) => {
  expect(readSummary(text)).toBeUndefined();
});

test('a script that never got to an iteration made none', () => {
  expect(readSummary('{"metrics":{}}')).toEqual({ iterations: 0, thresholds: [] });
});
