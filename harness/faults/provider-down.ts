/** Nobody answers: for a while the link to a provider resets whoever sends something over it. */
import { defineFault } from '../fault.ts';
import { between } from '../range.ts';

export const providerDown = defineFault({
  id: 'provider-down',
  layer: 'transport',
  summary: 'Resets each connection as soon as something is sent over the link, from `afterMs` on and for `downMs`.',
  params: { afterMs: between(0, 3_600_000), downMs: between(1, 3_600_000) },
  inject: (site) =>
    site.addToxic(
      // What is sent gets no further than the proxy, so the provider does nothing of it.
      () => ({ type: 'reset_peer', stream: 'upstream', attributes: { timeout: 0 } }),
      ({ values }) => ({ afterMs: values.afterMs, lengthMs: values.downMs }),
    ),
});
