/** `topple mocks`: the mock providers on their own, for any system in any language. */
import { providers } from '#mocks/index';
import { serveMocks } from '#mocks/serve';
import { scaledClock, systemClock } from '../../clock.ts';
import { errors } from '../../errors.ts';
import { exitCodes } from '../../exit-codes.ts';
import { randomFrom } from '../../seed.ts';
import { readArguments, wholeNumber } from '../arguments.ts';
import { withResource } from '../cleanup.ts';
import type { Verb } from '../verb.ts';

const options = {
  port: { type: 'string', default: '0' },
  host: { type: 'string', default: '127.0.0.1' },
  keys: { type: 'string' },
  scale: { type: 'string', default: '1' },
  seed: { type: 'string', default: '1' },
  json: { type: 'boolean', default: false },
} as const;

/** The first port; the other providers take the ones after it. */
const portIn = (text: string): number => {
  const port = wholeNumber('--port', text, 0);
  const portMax = 65_536 - Object.keys(providers).length;
  if (port > portMax) throw errors.outOfRange('--port', text, `0..${portMax}`);
  return port;
};

/** The verb `mocks`. */
export const verb: Verb = {
  usage: '[--port N] [--host ADDRESS] [--keys DIR] [--scale N] [--seed N] [--json]',
  summary:
    'Serves the mock providers until stopped; prints where they are and what a client has to be configured with.',
  run: async (args) => {
    const { values } = readArguments('mocks', args, options);
    const serving = serveMocks({
      port: portIn(values.port),
      host: values.host,
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
