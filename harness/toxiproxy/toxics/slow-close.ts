import { defineToxic } from './toxic.ts';

/** Passes data untouched and the close `delay` ms late; a change of the toxic begins the delay anew. */
export const slowClose = defineToxic<'delay'>({
  type: 'slow_close',
  attributes: { delay: { min: 0 } },
  open: (outlet) => {
    let ended = false;
    const wait = (): void => {
      const { delay: delayMs } = outlet.attributes;
      if (delayMs > 0) outlet.touch(0);
      if (delayMs > 0) outlet.alarm(delayMs, outlet.passEnd);
      else outlet.passEnd();
    };
    return {
      data: outlet.pass,
      end: () => {
        ended = true;
        wait();
      },
      update: () => {
        if (ended) wait();
      },
      remove: () => {
        if (ended) outlet.passEnd();
      },
      full: () => false,
    };
  },
});
