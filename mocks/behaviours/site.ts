/** The fault site of a mock that misbehaves by request: it decides before the site that it stands in front of. */
import { type Failings, type FaultSite, joinedFates } from '#harness/provider';
import type { KeptBehaviour } from './behaviour.ts';
import type { Kind } from './kinds.ts';
import { type ReadBehaviour, readBehaviour } from './read.ts';

/** The behaviours of one mock. */
export interface Behaviours {
  readonly site: FaultSite;
  /** Adds what `asked` holds, a behaviour or several, or nothing at all: throws `bad-behaviour`. */
  add(asked: unknown, failings: Failings): void;
  /** In the order in which they were asked for, those that are used up among them. */
  list(): readonly KeptBehaviour[];
  clear(): void;
}

interface Kept {
  readonly id: number;
  readonly read: ReadBehaviour;
  seenCount: number;
  hits: number;
}

interface Point {
  readonly reference: string;
  readonly operation?: string;
}

/** Whether the point fits and it is its turn, which counts as a hit. */
const meets = (kept: Kept, { reference, operation }: Point): boolean => {
  const { read } = kept;
  if (read.reference !== undefined && read.reference !== reference) return false;
  if (read.operation !== undefined && read.operation !== operation) return false;
  if (kept.hits >= read.timesMax) return false;
  kept.seenCount += 1;
  if (kept.seenCount <= read.skipCount) return false;
  kept.hits += 1;
  return true;
};

/** No behaviours yet. One that passes a call on lets the next one decide; all that fit a webhook act on it together. */
export const openBehaviours = (base: FaultSite): Behaviours => {
  let all: Kept[] = [];
  let count = 0;
  const acting = <Acts extends Kind['acts']>(acts: Acts) =>
    all.flatMap((kept) => {
      const { kind, given } = kept.read;
      return kind.acts === acts ? [{ kept, given, kind: kind as Extract<Kind, { acts: Acts }> }] : [];
    });
  return {
    site: {
      ...base,
      onCall: (point) => {
        const found = acting('call').find(({ kept }) => meets(kept, point));
        return found?.kind.fate(found.given) ?? base.onCall(point);
      },
      onWebhook: (point) => {
        const found = acting('webhook').filter(({ kept }) => meets(kept, point));
        const asked = found.map(({ kind, given }) => kind.fate(given));
        return joinedFates([...asked, base.onWebhook(point)]);
      },
      onCapture: (point) => {
        const found = acting('capture').find(({ kept }) => meets(kept, point));
        return found?.kind.fate(found.given)(point) ?? base.onCapture(point);
      },
    },
    add: (asked, failings) => {
      const read = (Array.isArray(asked) ? asked : [asked]).map((one) => readBehaviour(one, failings));
      for (const one of read) {
        count += 1;
        all.push({ id: count, read: one, seenCount: 0, hits: 0 });
      }
    },
    list: () => all.map(({ id, read, hits }) => ({ ...read.asked, id, hits })),
    clear: () => {
      all = [];
    },
  };
};
