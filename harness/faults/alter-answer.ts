/** Somebody between the provider and us, without its key, has its answers say that all was paid that was ordered. */
import { defineFault } from '../fault.ts';
import { between } from '../range.ts';

export const alterAnswer = defineFault({
  id: 'alter-answer',
  layer: 'provider',
  summary:
    'Changes the amounts in one of the first `amongFirst` answers about `sharePercent` of the references to what was ' +
    'ordered, after the provider has signed it; of providers that sign.',
  params: { sharePercent: between(1, 100), amongFirst: between(1, 10) },
  inject: (site) =>
    site.onCall(({ nth }, { values, random }) =>
      random.integer(1, 100) <= values.sharePercent && nth === random.integer(1, values.amongFirst)
        ? { how: 'spoil', spoil: 'told-as-ordered', isDone: true }
        : undefined,
    ),
  hits: ({ calls }, _decided, { operation }) =>
    calls.filter(({ misdeed, operation: called }) => misdeed === 'told-as-ordered' && (operation ?? called) === called)
      .length,
});
