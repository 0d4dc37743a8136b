/** Done, answer lost, on a database: the commit takes effect, and whoever asked for it sees the connection break. */
import { defineFault } from '../fault.ts';
import { between } from '../range.ts';

export const loseCommitAnswers = defineFault({
  id: 'lose-commit-answers',
  layer: 'transport',
  summary:
    'Makes each commit that adds to the ledger take `delayMs`, and `times` times, while some are under way, swallows ' +
    'all that comes back over the link; then the connections break.',
  params: { times: between(1, 1_000), delayMs: between(10, 10_000) },
  inject: (site) => site.loseCommitAnswers(({ values }) => ({ times: values.times, delayMs: values.delayMs })),
  // Whoever committed while nothing came back over the link has had no answer.
  hitsInLedger: ({ credits }, spans) =>
    credits.filter(({ atMs }) => spans.some(({ fromMs, untilMs }) => fromMs < atMs && atMs < untilMs)).length,
});
