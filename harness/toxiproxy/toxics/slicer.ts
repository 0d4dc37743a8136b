import { delayLine } from './delay-line.ts';
import { defineToxic } from './toxic.ts';

const capacityBytes = 64 * 1024;

/** Cuts chunks into slices of `average_size` ± `size_variation` bytes that leave `delay` µs apart. */
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
        let slices = 0;
        while (from < chunk.length) {
          const to = from + outlet.random.integer(meanBytes - spreadBytes, meanBytes + spreadBytes);
          line.put(chunk.subarray(from, to), freeAtMs);
          freeAtMs += gapUs / 1000;
          from = to;
          slices += 1;
        }
        if (slices > 1 || gapUs > 0) outlet.touch(chunk.length);
      },
      update: () => {
        freeAtMs = 0;
        line.update();
      },
    };
  },
});
