/** What is refused because the mock would take it and do something else with the money. */
import { captureMethods, type Refusal, refusals, unmodelledParameters } from './quirks.ts';
import type { Form } from './wire.ts';

/** The refusal of the first parameter that is not modelled; metadata may be called anything. */
export const refuseUnmodelled = (form: Form): Refusal | undefined => {
  for (const [param, value] of form) {
    const names = param.split(/[[\]]+/);
    if (value === '' || value === 'false' || names.includes('metadata')) continue;
    if (names.some((name) => unmodelledParameters.has(name))) return refusals.unmodelled(param);
    if (names.includes('capture_method') && !captureMethods.has(value)) return refusals.unmodelledCapture(param);
  }
  return undefined;
};
