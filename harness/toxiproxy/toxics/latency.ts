import { delayLine } from './delay-line.ts';
import { defineToxic } from './toxic.ts';

/** Bounds memory, and the throughput of one connection to this much per `latency`. */
const capacityBytes = 16 * 1024 * 1024;

/**
 * Delays each chunk by `latency` ± `jitter` ms, counted from its own arrival, so that throughput is kept.
 * A jitter that would let a chunk overtake the one before makes it leave together with that one. A change lets the
 * next chunk leave at once; those behind it wait as long as the new values say.
 */
export const latency = defineToxic<'latency' | 'jitter'>({
  type: 'latency',
  attributes: { latency: { min: 0 }, jitter: { min: 0 } },
  open: (outlet) => {
    const line = delayLine(outlet, capacityBytes);
    return {
      ...line,
      data: (chunk) => {
        const [arrivedMs, chance] = [outlet.clock.nowMs(), outlet.random.unit()];
        const delayMs = (): number => {
          const { latency: meanMs, jitter: jitterMs } = outlet.attributes;
          return meanMs - jitterMs + Math.floor(chance * 2 * jitterMs);
        };
        if (delayMs() > 0) outlet.touch(chunk.length);
        line.put(chunk, () => arrivedMs + delayMs());
      },
      update: line.hurry,
    };
  },
});
