/** Which promises a target lets its operators see: those whose signal it maps to series of its own. */
import { parser } from '@prometheus-io/lezer-promql';
import { errors } from '#harness/errors';
import type { Invariant } from '#harness/invariant';
import type { Target } from '#harness/target';

/** The part of a target that rules and boards are made from. */
export type Observable = Pick<Target, 'signals' | 'scrapeIntervalS'>;

/** An invariant and the PromQL that tells of its breaches; above `invariant.bound` it is broken. */
export interface ObservedInvariant {
  readonly invariant: Invariant;
  readonly expr: string;
}

const strictParser = parser.configure({ strict: true });

/** Brackets around what would otherwise bind more loosely than the comparison that an alert appends. */
const bracketed = (name: string, expr: string): string => {
  try {
    const isBinary = strictParser.parse(expr).topNode.firstChild?.name === 'BinaryExpr';
    return isBinary ? `(${expr})` : expr;
  } catch (failure) {
    throw errors.invalidPromql(expr, `the target's signal ${name} does not parse (${(failure as Error).message})`);
  }
};

/** The invariants with a signal that the target maps, in their order; a signal that is no PromQL is an error. */
export const observedInvariants = (
  invariants: readonly Invariant[],
  target: Pick<Target, 'signals'>,
): readonly ObservedInvariant[] =>
  invariants.flatMap((invariant) => {
    const expr = invariant.signal === undefined ? undefined : target.signals[invariant.signal];
    return expr === undefined ? [] : [{ invariant, expr: bracketed(invariant.signal ?? '', expr) }];
  });
