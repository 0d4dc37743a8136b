import { defineToxic } from './toxic.ts';

/** Closes the connection once `bytes` have gone through since the toxic was added; what exceeds them is dropped. */
export const limitData = defineToxic<'bytes'>({
  type: 'limit_data',
  attributes: { bytes: { min: 0 } },
  open: (outlet) => {
    let passedBytes = 0;
    return {
      data: (chunk) => {
        const roomBytes = Math.max(0, outlet.attributes.bytes - passedBytes);
        const allowed = chunk.subarray(0, roomBytes);
        passedBytes += allowed.length;
        if (allowed.length > 0) outlet.pass(allowed);
        if (chunk.length < roomBytes) return;
        outlet.touch(chunk.length - allowed.length);
        outlet.close();
      },
      end: outlet.passEnd,
      update: () => {},
      remove: () => {},
      full: () => false,
    };
  },
});
