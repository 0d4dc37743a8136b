import { delayLine } from './delay-line.ts';
import { defineToxic } from './toxic.ts';

/** Bounds memory, and the throughput of one connection to this much per `latency`. */
const capacityBytes = 16 * 1024 * 1024;

/**
 * Delays each chunk by `latency` ± `jitter` ms, counted from its own arrival, so that throughput is kept.
 * A jitter that would let a chunk overtake the one before makes it leave together with that one.
 */
export const latency = defineToxic<'latency' | 'jitter'>({
  type: 'latency',
  attributes: { latency: { min: 0 }, jitter: { min: 0 } },
  open: (outlet) => {
    const line = delayLine(outlet, capacityBytes);
    return {
      ...line,
      data: (chunk) => {
        const { latency: meanMs, jitter: jitterMs } = outlet.attributes;
        const delayMs = meanMs + (jitterMs > 0 ? outlet.random.integer(-jitterMs, jitterMs) : 0);
        if (delayMs > 0) outlet.touch(chunk.length);
        line.put(chunk, outlet.clock.nowMs() + delayMs);
      },
    };
  },
});
