/** `topple mocks`: the mock providers on their own, for any system in any language; and what people do at them. */

import { writeFileSync } from 'node:fs';
import type { Json } from '#mocks/client';
import { providers } from '#mocks/index';
import { serveMocks } from '#mocks/serve';
import { scaledClock, systemClock } from '../../clock.ts';
import { errors } from '../../errors.ts';
import { type ExitCode, exitCodes } from '../../exit-codes.ts';
import { mockErrors } from '../../mock-errors.ts';
import { randomFrom } from '../../seed.ts';
import { firstWord, readArguments, wholeNumber } from '../arguments.ts';
import { withResource } from '../cleanup.ts';
import { asText, demandShape, doByHand, doTogether, servingText, togetherNames } from '../mocks-by-hand.ts';
import type { Verb } from '../verb.ts';

const anywhere = { port: { type: 'string', default: '9100' }, json: { type: 'boolean', default: false } } as const;

/** The options of serving, those of the actions that have more than `anywhere`, and of all others. */
const options = {
  serving: {
    ...anywhere,
    host: { type: 'string', default: '127.0.0.1' },
    keys: { type: 'string' },
    only: { type: 'string' },
    scale: { type: 'string', default: '1' },
    history: { type: 'string', default: '20000' },
    tls: { type: 'boolean', default: false },
    'ca-out': { type: 'string' },
    seed: { type: 'string', default: '1' },
  },
  order: { ...anywhere, amount: { type: 'string', default: '88.88' }, to: { type: 'string', default: '' } },
  anywhere,
} as const;

/** The first port; the other providers take the ones after it. */
const portIn = (text: string): number => {
  const port = wholeNumber('--port', text, 0);
  const portMax = 65_535 - 2 * Object.keys(providers).length; // over TLS once more, and a proxy
  if (port > portMax) throw errors.outOfRange('--port', text, `0..${portMax}`);
  return port;
};

/** Writes what clients have to trust; throws `certificate-file`. */
const writeCertificate = (path: string, certificate: string): void => {
  try {
    writeFileSync(path, certificate);
  } catch (cause) {
    throw mockErrors.certificateFile(path, cause);
  }
};

/** The ids in `a,b`; throws the usage error for one that no provider has. */
const idsIn = (text: string): readonly string[] => {
  const ids = text.split(',');
  const unknown = ids.find((id) => !Object.hasOwn(providers, id));
  if (unknown !== undefined) throw errors.unknownName('provider', unknown, Object.keys(providers));
  return ids;
};

type Values = ReturnType<typeof readArguments<typeof options.serving>>['values'];

const serve = (values: Values): Promise<ExitCode> => {
  const serving = serveMocks({
    port: portIn(values.port),
    host: values.host,
    ...(values.keys === undefined ? {} : { keysDir: values.keys }),
    ...(values.only === undefined ? {} : { only: idsIn(values.only) }),
    clock: scaledClock(wholeNumber('--scale', values.scale, 1)),
    wall: systemClock,
    random: randomFrom(wholeNumber('--seed', values.seed, 0)),
    inputsMax: wholeNumber('--history', values.history, 0),
    tls: values.tls || values['ca-out'] !== undefined,
  });
  return withResource(
    serving,
    ({ close }) => close(),
    async ({ description }) => {
      if (values['ca-out'] !== undefined) writeCertificate(values['ca-out'], description.caCertificate ?? '');
      console.log(values.json ? JSON.stringify(description) : servingText(description));
      await new Promise(() => {}); // until a signal ends the process; the open sockets keep it alive
      return exitCodes.pass;
    },
  );
};

const print = (answer: Json, asJson: boolean): ExitCode => {
  console.log(asJson ? JSON.stringify(answer) : asText(answer));
  return exitCodes.pass;
};

/** The verb `mocks`. */
export const verb: Verb = {
  usage:
    '[--port N] [--host ADDRESS] [--only ID,ID…] [--keys DIR] [--scale N] [--seed N] [--history N] [--tls] ' +
    '[--ca-out FILE] [--json] | ' +
    'ACTION PROVIDER [REFERENCE] [--port N] [--json] | order PROVIDER REFERENCE [--amount 88.88] [--to URL] | ' +
    'behave PROVIDER [BEHAVIOUR [NAME=VALUE …]] | calm PROVIDER | clock | step 25h | scale N | snapshot FILE | ' +
    'restore FILE',
  summary:
    'Serves the mock providers until stopped, from port 9100 on (0: free ones). With an ACTION: has something happen ' +
    'there (order T1 --amount 88.88 --to URL, scan, pay, decline, refund, dispute, resend …), or lists orders, ' +
    'deliveries, records. behave: what its next calls and webhooks come to (behave alipay webhook-duplicated ' +
    'copies=5), until calm. step: 25 hours of retries in a second. snapshot, restore: the state of all mocks.',
  run: async (args) => {
    const action = firstWord(args, { ...options.serving, ...options.order });
    if (action === undefined) return serve(readArguments('mocks', args, options.serving).values);
    const ordered = action === 'order' ? readArguments('mocks order', args, options.order) : undefined;
    const { values, positionals } = ordered ?? readArguments(`mocks ${action}`, args, options.anywhere);
    demandShape(action, positionals.slice(1));
    const port = portIn(values.port);
    const [, provider = '', reference, ...named] = positionals;
    if (togetherNames.includes(action)) return print(await doTogether(action, provider, port), values.json);
    const order = ordered && { amount: ordered.values.amount, webhookUrl: ordered.values.to };
    return print(await doByHand({ action, provider, reference, named, order }, port), values.json);
  },
};
