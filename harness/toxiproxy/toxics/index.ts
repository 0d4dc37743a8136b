import { bandwidth } from './bandwidth.ts';
import { latency } from './latency.ts';
import { limitData } from './limit-data.ts';
import { noop } from './noop.ts';
import { resetPeer } from './reset-peer.ts';
import { slicer } from './slicer.ts';
import { slowClose } from './slow-close.ts';
import { timeout } from './timeout.ts';
import type { ToxicKind } from './toxic.ts';

/** Every type of toxic, by its name on the wire; sorted. */
export const toxicKinds: ReadonlyMap<string, ToxicKind> = new Map(
  [bandwidth, latency, limitData, noop, resetPeer, slicer, slowClose, timeout].map((kind: ToxicKind) => [
    kind.type,
    kind,
  ]),
);
