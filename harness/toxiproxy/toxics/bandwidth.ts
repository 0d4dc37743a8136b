import { delayLine } from './delay-line.ts';
import { defineToxic } from './toxic.ts';

const capacityBytes = 64 * 1024;
/** A chunk leaves in pieces that take at most this long, so that a slow link trickles. */
const pieceMs = 100;

/** Lets `rate` KB/s through (1 KB = 1000 bytes); a piece leaves when its last byte would have been sent. */
export const bandwidth = defineToxic<'rate'>({
  type: 'bandwidth',
  attributes: { rate: { min: 1 } },
  open: (outlet) => {
    const line = delayLine(outlet, capacityBytes);
    let freeAtMs = 0;
    return {
      ...line,
      data: (chunk) => {
        outlet.touch(chunk.length);
        const bytesPerMs = outlet.attributes.rate;
        const pieceBytes = bytesPerMs * pieceMs;
        freeAtMs = Math.max(freeAtMs, outlet.clock.nowMs());
        for (let from = 0; from < chunk.length; from += pieceBytes) {
          const piece = chunk.subarray(from, from + pieceBytes);
          freeAtMs += piece.length / bytesPerMs;
          const dueMs = freeAtMs;
          line.put(piece, () => dueMs);
        }
      },
      update: () => {
        freeAtMs = 0;
        line.update();
      },
    };
  },
});
