/** `topple mocks`: the mock providers on their own, for any system in any language. */
import { serveMocks } from '#mocks/serve';
import { scaledClock, systemClock } from '../../clock.ts';
import { exitCodes } from '../../exit-codes.ts';
import { randomFrom } from '../../seed.ts';
import { readArguments, wholeNumber } from '../arguments.ts';
import { withResource } from '../cleanup.ts';
import type { Verb } from '../verb.ts';

const options = {
  port: { type: 'string', default: '0' },
  keys: { type: 'string' },
  scale: { type: 'string', default: '1' },
  seed: { type: 'string', default: '1' },
  json: { type: 'boolean', default: false },
} as const;

/** The verb `mocks`. */
export const verb: Verb = {
  usage: '[--port N] [--keys DIR] [--scale N] [--seed N] [--json]',
  summary:
    'Serves the mock providers until stopped; prints where they are and what a client has to be configured with.',
  run: async (args) => {
    const { values } = readArguments('mocks', args, options);
    const serving = serveMocks({
      port: wholeNumber('--port', values.port, 0),
      ...(values.keys === undefined ? {} : { keysDir: values.keys }),
      clock: scaledClock(wholeNumber('--scale', values.scale, 1)),
      wall: systemClock,
      random: randomFrom(wholeNumber('--seed', values.seed, 0)),
    });
    return withResource(
      serving,
      ({ close }) => close(),
      async ({ description }) => {
        console.log(JSON.stringify(description, null, values.json ? undefined : 2));
        await new Promise(() => {}); // until a signal ends the process; the open sockets keep it alive
        return exitCodes.pass;
      },
    );
  },
};
