import { defineToxic } from './toxic.ts';

/** Changes nothing and counts what passes. */
export const noop = defineToxic({
  type: 'noop',
  attributes: {},
  open: (outlet) => ({
    data: (chunk) => {
      outlet.touch(chunk.length);
      outlet.pass(chunk);
    },
    end: outlet.passEnd,
    update: () => {},
    remove: () => {},
    full: () => false,
  }),
});
