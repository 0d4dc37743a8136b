import type { HitCounter } from './hits.ts';
import type { Direction, ToxicKind } from './toxics/toxic.ts';

/** A toxic as a proxy holds it; an update replaces `toxicity` and `attributes`. */
export interface Toxic {
  readonly name: string;
  readonly kind: ToxicKind;
  readonly stream: Direction;
  /** The stream as it was written by whoever added the toxic: `Upstream`. */
  readonly streamAsSent: string;
  /** Share of connections that it affects, 0 to 1. */
  toxicity: number;
  attributes: Readonly<Record<string, number>>;
  /** Names the stream of chance of this toxic: differs when a toxic of the same name is added again. */
  readonly label: string;
  readonly hits: HitCounter;
}

/** The JSON of a toxic, as Toxiproxy writes it. */
export const toxicJson = ({ attributes, name, kind, streamAsSent, toxicity }: Toxic): object => ({
  attributes,
  name,
  type: kind.type,
  stream: streamAsSent,
  toxicity,
});
