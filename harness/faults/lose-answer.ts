/** Done, answer lost: the provider does what it was asked, and the connection breaks before its answer. */
import { defineFault } from '../fault.ts';
import { between } from '../range.ts';

export const loseAnswer = defineFault({
  id: 'lose-answer',
  layer: 'provider',
  summary: 'Loses the answers to the first `times` calls for `sharePercent` of the references, after the effect.',
  params: { sharePercent: between(1, 100), times: between(1, 10) },
  inject: (site) =>
    site.onCall(({ nth }, { values, random }) =>
      random.integer(1, 100) <= values.sharePercent && nth <= values.times ? 'afterEffect' : undefined,
    ),
  hits: ({ calls }, _decided, { operation }) =>
    calls.filter((call) => call.outcome === 'afterEffect' && (operation ?? call.operation) === call.operation).length,
});
