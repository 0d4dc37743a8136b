/** Mends what was broken, as an operator would once he was told, so that the end of an alarm can be judged as well. */
import type { Books } from '../books.ts';
import { type Clock, sleep } from '../clock.ts';
import { errors } from '../errors.ts';
import { alertNameOf, type Invariant } from '../invariant.ts';
import type { RunningWorld } from '../world.ts';
import { type Audit, auditOf } from './audit.ts';
import type { SignalWatch } from './signals.ts';

/** What mending works with. */
export interface Mending {
  readonly world: Pick<RunningWorld, 'asSuperuser'>;
  readonly signals: Pick<SignalWatch, 'isFiring'>;
  readonly remedies: Readonly<Record<string, string>>;
  readonly readBooks: () => Promise<Books>;
  readonly clock: Clock;
  /** How often alerts are looked at, and for how long at most. */
  readonly lookEveryMs: number;
  readonly atMostMs: number;
}

const apply = async ({ world, remedies }: Mending, { id }: Invariant): Promise<void> => {
  await world.asSuperuser(remedies[id] ?? '').catch((error: unknown) => {
    throw errors.targetFailed(`database.remedies['${id}']`, error);
  });
};

/**
 * Applies the remedy of each violated invariant whose alert fires and that has one, and waits for the alerts to end.
 * Returns when each was mended; an invariant that is still violated afterwards was not, and is left out.
 */
export const mendBreaches = async (
  audits: readonly Audit[],
  mending: Mending,
): Promise<ReadonlyMap<string, number>> => {
  const { signals, remedies, readBooks, clock, lookEveryMs, atMostMs } = mending;
  const curable = audits
    .filter(({ finding, invariant }) => finding === 'violated' && remedies[invariant.id] !== undefined)
    .map(({ invariant }) => invariant)
    .filter((invariant) => signals.isFiring(alertNameOf(invariant)));
  const applied = new Map<Invariant, number>();
  for (const invariant of curable) {
    await apply(mending, invariant);
    applied.set(invariant, clock.nowMs());
  }
  if (applied.size === 0) return new Map();
  const books = await readBooks();
  const mended = [...applied].filter(([invariant]) => auditOf(invariant, books).finding !== 'violated');
  const untilMs = clock.nowMs() + atMostMs;
  const anyFires = (): boolean => mended.some(([invariant]) => signals.isFiring(alertNameOf(invariant)));
  while (anyFires() && clock.nowMs() < untilMs) await sleep(clock, lookEveryMs);
  return new Map(mended.map(([{ id }, atMs]) => [id, atMs]));
};
