/** Refused under HTTP 200: the provider does nothing, and says so in the body of an answer that looks like success. */
import { defineFault } from '../fault.ts';
import { between } from '../range.ts';

export const failInside = defineFault({
  id: 'fail-inside',
  layer: 'provider',
  summary:
    'Answers the first `times` calls for `sharePercent` of the references with HTTP 200 and a failure inside, and ' +
    'does nothing.',
  params: { sharePercent: between(1, 100), times: between(1, 10) },
  inject: (site) =>
    site.onCall(({ nth }, { values, random }) =>
      random.integer(1, 100) <= values.sharePercent && nth <= values.times
        ? { how: 'spoil', spoil: 'failed-inside', isDone: false }
        : undefined,
    ),
  hits: ({ calls }, _decided, { operation }) =>
    calls.filter((call) => call.misdeed === 'failed-inside' && (operation ?? call.operation) === call.operation).length,
});
