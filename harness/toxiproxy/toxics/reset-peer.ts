import { defineToxic } from './toxic.ts';

/**
 * Resets both peers (RST) `timeout` ms after the first chunk, or the close, that comes from the source; what comes is
 * held back until then.
 */
export const resetPeer = defineToxic<'timeout'>({
  type: 'reset_peer',
  attributes: { timeout: { min: 0 } },
  open: (outlet) => {
    const held: Buffer[] = [];
    let ended = false;
    const reset = (): void => {
      outlet.touch(held.reduce((bytes, chunk) => bytes + chunk.length, 0));
      outlet.reset();
    };
    const arm = (): void => {
      if (held.length === 0 && !ended) return;
      if (outlet.attributes.timeout === 0) reset();
      else outlet.alarm(outlet.attributes.timeout, reset);
    };
    return {
      data: (chunk) => {
        held.push(chunk);
        if (held.length === 1) arm();
      },
      end: () => {
        ended = true;
        if (held.length === 0) arm();
      },
      update: arm,
      remove: () => {
        for (const chunk of held) outlet.pass(chunk);
        if (ended) outlet.passEnd();
      },
      full: () => held.length > 0,
    };
  },
});
