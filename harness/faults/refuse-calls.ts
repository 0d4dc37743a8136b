/** Not done: for a while the provider breaks each connection before it does anything. */
import { defineFault } from '../fault.ts';
import { between } from '../range.ts';

export const refuseCalls = defineFault({
  id: 'refuse-calls',
  layer: 'provider',
  summary:
    'Breaks off every call for `sharePercent` of the references before anything is done, until `downMs` have passed ' +
    'since the first call for the same.',
  params: { sharePercent: between(1, 100), downMs: between(1, 3_600_000) },
  inject: (site) =>
    site.onCall(({ sinceFirstMs }, { values, random }) =>
      random.integer(1, 100) <= values.sharePercent && sinceFirstMs < values.downMs ? 'before' : undefined,
    ),
  hits: ({ calls }, _decided, { operation }) =>
    calls.filter((call) => call.outcome === 'before' && (operation ?? call.operation) === call.operation).length,
});
