import { defineToxic } from './toxic.ts';

/** Passes data untouched and the close `delay` ms late. */
export const slowClose = defineToxic<'delay'>({
  type: 'slow_close',
  attributes: { delay: { min: 0 } },
  open: (outlet) => {
    let ended = false;
    const letGo = (): void => {
      if (ended) outlet.passEnd();
    };
    return {
      data: outlet.pass,
      end: () => {
        ended = true;
        if (outlet.attributes.delay === 0) return outlet.passEnd();
        outlet.touch(0);
        outlet.alarm(outlet.attributes.delay, outlet.passEnd);
      },
      update: letGo,
      remove: letGo,
      full: () => false,
    };
  },
});
