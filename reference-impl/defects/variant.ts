/** The kind of everything in this folder: a way to compose the service that differs from the sound one in one point. */
import type { Parts } from '../parts.ts';

/** A `defect` is wrong and its witness shows it; a `look-alike` resembles a defect and is right. */
export interface Variant {
  readonly id: string;
  readonly kind: 'defect' | 'look-alike';
  /** One sentence: what it removes or changes. */
  readonly summary: string;
  /** The scenario that shows it: the smallest traffic under which it matters. */
  readonly witness: string;
  /** The invariant that it breaks, or might seem to break. */
  readonly invariant: string;
  /** Of a defect: why no run in real time can be relied on to show it, as a clause. Simulated worlds have to. */
  readonly unreachable?: string;
  readonly parts: Parts;
  /** SQL that takes away what the database would otherwise mask the defect with. */
  readonly overlay?: URL;
}

/** Freezes a variant; its id is its file's name. */
export const defineVariant = (variant: Variant): Variant => Object.freeze(variant);
