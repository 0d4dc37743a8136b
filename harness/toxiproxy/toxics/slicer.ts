import type { Random } from '../../seed.ts';
import { delayLine } from './delay-line.ts';
import { defineToxic } from './toxic.ts';

const capacityBytes = 64 * 1024;

/**
 * The sizes of the slices of `bytes` bytes: halves that are `variation` bytes off the middle at most, halved again
 * until none is larger than `mean` + `variation`. So without variation they are between half of `mean` and `mean`.
 */
const sizesOf = (bytes: number, mean: number, variation: number, random: Random): number[] => {
  if (bytes <= mean + variation) return [bytes];
  const off = variation > 0 ? random.integer(-variation, variation - 1) : 0;
  const left = Math.floor(bytes / 2) + off;
  return [...sizesOf(left, mean, variation, random), ...sizesOf(bytes - left, mean, variation, random)];
};

/**
 * Cuts chunks into slices of at most `average_size` + `size_variation` bytes that leave `delay` µs apart; what comes
 * after the last one waits as long.
 */
export const slicer = defineToxic<'average_size' | 'size_variation' | 'delay'>({
  type: 'slicer',
  attributes: { average_size: { min: 1 }, size_variation: { min: 0 }, delay: { min: 0 } },
  conflict: ({ average_size, size_variation }) =>
    size_variation < average_size ? undefined : 'size_variation must be smaller than average_size',
  open: (outlet) => {
    const line = delayLine(outlet, capacityBytes);
    let freeAtMs = 0;
    return {
      ...line,
      data: (chunk) => {
        const { average_size: meanBytes, size_variation: spreadBytes, delay: gapUs } = outlet.attributes;
        freeAtMs = Math.max(freeAtMs, outlet.clock.nowMs());
        let from = 0;
        const sizes = sizesOf(chunk.length, meanBytes, spreadBytes, outlet.random);
        for (const sizeBytes of sizes) {
          const dueMs = freeAtMs;
          line.put(chunk.subarray(from, from + sizeBytes), () => dueMs);
          freeAtMs += gapUs / 1000;
          from += sizeBytes;
        }
        if (sizes.length > 1 || gapUs > 0) outlet.touch(chunk.length);
      },
      end: () => line.endAt(freeAtMs),
      update: () => {
        freeAtMs = 0;
        line.update();
      },
    };
  },
});
