// What `topple` knows in this folder, beside its own. Add `export const target = …` to test a system of yours:
// docs/own-system.md of the package says how. Without it the reference service is tested.
import { oneCreditPerOrder } from './one-credit-per-order.mts';
import { tripleTap } from './triple-tap.mts';

/** Run by name, and listed. */
export const scenarios = [tripleTap];

/** Audited in every run of this folder. */
export const invariants = [oneCreditPerOrder];
