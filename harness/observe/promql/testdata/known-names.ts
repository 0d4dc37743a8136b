/**
 * What Prometheus 3.15 knows, with all its experimental features: `promql/parser/functions.go`, `lex.go` and
 * `generated_parser.y` of that version.
 */

/** All functions, sorted. */
export const knownFunctions: readonly string[] = `
  abs absent absent_over_time acos acosh asin asinh atan atanh avg_over_time ceil changes clamp clamp_max clamp_min
  cos cosh count_over_time day_of_month day_of_week day_of_year days_in_month deg delta deriv
  double_exponential_smoothing end exp first_over_time floor histogram_avg histogram_count histogram_fraction
  histogram_quantile histogram_quantiles histogram_stddev histogram_stdvar histogram_sum hour idelta increase info
  irate label_join label_replace last_over_time ln log10 log2 mad_over_time max_of max_over_time min_of min_over_time
  minute month pi predict_linear present_over_time quantile_over_time rad range rate resets round scalar sgn sin sinh
  sort sort_by_label sort_by_label_desc sort_desc sqrt start start_timestamp stddev_over_time stdvar_over_time step
  sum_over_time tan tanh time timestamp ts_of_first_over_time ts_of_last_over_time ts_of_max_over_time
  ts_of_min_over_time vector year
`
  .trim()
  .split(/\s+/);

/** All aggregations, sorted. */
export const knownAggregations: readonly string[] = `
  avg bottomk count count_values group limit_ratio limitk max min quantile stddev stdvar sum topk
`
  .trim()
  .split(/\s+/);

/** All binary operators. */
export const knownOperators: readonly string[] = `
  + - * / % ^ == != > < >= <= and or unless atan2 </ >/
`
  .trim()
  .split(/\s+/);

/** Everything else that has a name, each in an expression that uses nothing but it; the name is how errors call it. */
export const knownConstructs: readonly (readonly [expression: string, name: string])[] = [
  ['max_over_time(x[5m:1m])', 'a subquery'],
  ['x @ 0', 'the @ modifier'],
  ['x @ start()', 'the @ modifier'],
  ['x @ end()', 'the @ modifier'],
  ['rate(x[5m] anchored)', 'the anchored modifier'],
  ['rate(x[5m] smoothed)', 'the smoothed modifier'],
  ['x + fill(0) x', '"fill(0)"'],
  ['x + fill_left(0) x', '"fill_left(0)"'],
  ['x + fill_right(0) x', '"fill_right(0)"'],
  ['rate(x[5m + 1m])', 'the duration "5m + 1m"'],
  ['rate(x[2 * 5m])', 'the duration "2 * 5m"'],
  ['rate(x[max_of(5m, 1m)])', 'the duration "max_of(5m, 1m)"'],
  ['rate(x[min_of(5m, 1m)])', 'the duration "min_of(5m, 1m)"'],
  ['x offset -(5m)', 'the duration "-(5m)"'],
  ['x offset step()', 'the duration "step()"'],
  ['x offset range()', 'the duration "range()"'],
];
