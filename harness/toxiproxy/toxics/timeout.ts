import { defineToxic } from './toxic.ts';

/**
 * Drops everything and closes the connection `timeout` ms after its opening, the last chunk or the last change of the
 * toxic, whichever came last. 0 keeps it open until the toxic is removed, which closes it: bytes are missing. The
 * upstream's close is dropped as its data is; the client's passes, because nobody waits any more.
 */
export const timeout = defineToxic<'timeout'>({
  type: 'timeout',
  attributes: { timeout: { min: 0 } },
  open: (outlet) => {
    const close = (): void => {
      outlet.touch(0);
      outlet.close();
    };
    const arm = (): void => {
      if (outlet.attributes.timeout > 0) outlet.alarm(outlet.attributes.timeout, close);
    };
    arm();
    return {
      data: (chunk) => {
        outlet.touch(chunk.length);
        arm();
      },
      end: () => {
        if (outlet.direction === 'upstream') outlet.passEnd();
        else outlet.touch(0);
      },
      update: arm,
      remove: close,
      full: () => false,
      hangUp: outlet.passEnd,
    };
  },
});
