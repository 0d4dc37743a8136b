/** Errors of the mock providers and of those who use them by hand, in the form of `errors.ts`. */
import { ToppleError } from './errors.ts';
import { exitCodes } from './exit-codes.ts';

/** One function per error; the key is its code. */
export const mockErrors = {
  badAmount: (given: string, currency: string, cause: unknown) =>
    new ToppleError(
      'bad-amount',
      exitCodes.usage,
      {
        what: `The amount ${given} cannot be read.`,
        why: `It is an amount in ${currency}: plain digits, with a point before the smaller coins.`,
        next: 'Write for example --amount 88.88.',
      },
      cause,
    ),
  badUrl: (option: string, given: string) =>
    new ToppleError('bad-url', exitCodes.usage, {
      what: given === '' ? `There is no ${option}.` : `${option} ${given} is not usable.`,
      why: 'It takes the whole URL of an endpoint, http or https, without a user or a password in it.',
      next: `Write for example ${option} http://127.0.0.1:3000/webhooks/alipay.`,
    }),
  twoTampers: (tamper: string) =>
    new ToppleError('two-tampers', exitCodes.usage, {
      what: `--unsigned and --tamper ${tamper} cannot both be done to a webhook.`,
      why: 'One answer has to tell about one thing that is wrong.',
      next: 'Leave one of them out; without a KIND `topple webhook PROVIDER` lists what can be tampered with.',
    }),
  byHandArguments: (action: string, takes: string, given: readonly string[]) =>
    new ToppleError('by-hand-arguments', exitCodes.usage, {
      what: `\`topple mocks ${[action, ...given].join(' ')}\` is not whole, or too much.`,
      why: `It is \`topple mocks ${`${action} ${takes}`.trimEnd()}\`.`,
      next: 'Name what stands there in capitals; `topple mocks --help` shows all that can be done.',
    }),
  noSuchDeed: (provider: string, action: string, deeds: readonly string[]) =>
    new ToppleError('no-such-deed', exitCodes.usage, {
      what: `"${action}" is nothing that can be done by hand at ${provider}.`,
      why: deeds.length === 0 ? 'It is a cloud, and nobody pays there.' : `There it can be: ${deeds.join(', ')}.`,
      next: 'Name what can be done; mocks/README.md lists it for each provider.',
    }),
  addressNotHere: (host: string, cause: unknown) =>
    new ToppleError(
      'address-not-here',
      exitCodes.environment,
      {
        what: `Nothing can listen at ${host}.`,
        why: 'It is no address of this machine.',
        next: 'Write --host 127.0.0.1, or another address that `ip address` shows; 0.0.0.0 is all of them.',
      },
      cause,
    ),
  badBehaviour: (problems: readonly string[]) =>
    new ToppleError('bad-behaviour', exitCodes.usage, {
      what: `A behaviour cannot be had: ${problems.join('; ')}.`,
      why: 'It has to name what this provider can do wrong, and when.',
      next: 'Change what is named above; docs/mock-contract.md lists all behaviours with their fields.',
    }),
  badSnapshot: (problem: string) =>
    new ToppleError('bad-snapshot', exitCodes.usage, {
      what: `These mocks cannot be restored: ${problem}.`,
      why: 'A snapshot is gone through again from its beginning, by the same providers with the same keys.',
      next: 'Start the mocks as they were started for the snapshot (--only, --keys), and restore that.',
    }),
  snapshotFile: (done: 'read' | 'written', path: string, cause: unknown) =>
    new ToppleError(
      'snapshot-file',
      exitCodes.usage,
      {
        what: `The snapshot ${path} cannot be ${done}.`,
        why: cause instanceof Error ? cause.message : String(cause),
        next: 'Write `topple mocks snapshot FILE` for a new file, and `topple mocks restore FILE` for one of those.',
      },
      cause,
    ),
  certificateFile: (path: string, cause: unknown) =>
    new ToppleError(
      'certificate-file',
      exitCodes.usage,
      {
        what: `The certificate of the mocks cannot be written to ${path}.`,
        why: cause instanceof Error ? cause.message : String(cause),
        next: 'Give --ca-out a file in a folder that is there and may be written to.',
      },
      cause,
    ),
  historyTooLong: (inputsMax: number) =>
    new ToppleError('history-too-long', exitCodes.usage, {
      what: 'There is no snapshot of these mocks any more.',
      why: `A snapshot holds all that came in, and more came in than the ${inputsMax} inputs that are kept.`,
      next: 'Start them with a higher --history, or take the snapshot earlier.',
    }),
  sendsNoWebhooks: (provider: string) =>
    new ToppleError('sends-no-webhooks', exitCodes.usage, {
      what: `${provider} sends no webhooks, and nobody pays there.`,
      why: 'It is a cloud: it answers calls, and calls nobody by itself.',
      next: 'Name a payment provider; mocks/README.md lists what each can do.',
    }),
  orderRefused: (provider: string, reference: string, problem: string) =>
    new ToppleError('order-refused', exitCodes.usage, {
      what: `${provider} refuses the order "${reference}": ${problem}.`,
      why: 'An order made by hand has to be one that the API would take.',
      next: 'Change what is named above; a number that was used keeps its first order.',
    }),
  notInThisState: (deed: string, reference: string, status: string) =>
    new ToppleError('not-in-this-state', exitCodes.usage, {
      what: `${deed} cannot be done to "${reference}", which is ${status}.`,
      why: 'The vendor allows it in another state only, so nothing was changed.',
      next: 'Look at the order (`topple mocks orders PROVIDER`), or make a new one.',
    }),
  nothingToResend: (provider: string, reference: string) =>
    new ToppleError('nothing-to-resend', exitCodes.usage, {
      what: `${provider} has sent no webhook about "${reference}".`,
      why: 'Only a webhook that was sent can be sent once more.',
      next: 'Have something happen to the order first, and give it an address for webhooks.',
    }),
  mocksNotReached: (url: string, cause: unknown) =>
    new ToppleError(
      'mocks-not-reached',
      exitCodes.environment,
      {
        what: `No mocks answer at ${url}.`,
        why: cause instanceof Error ? cause.message : String(cause),
        next: 'Start them with `topple mocks`, or give the --port that they were started with.',
      },
      cause,
    ),
  refusedByMocks: (what: string, next: string) =>
    new ToppleError('refused-by-mocks', exitCodes.usage, {
      what,
      why: 'The mocks were reached, and nothing was changed in them.',
      next,
    }),
  unreadableSecret: (path: string, cause: unknown) =>
    new ToppleError(
      'unreadable-secret',
      exitCodes.usage,
      {
        what: `${path} cannot be used to sign webhooks.`,
        why: cause instanceof Error ? cause.message : String(cause),
        next:
          'Write `whsec_` and base64 of at least 24 bytes, or make a key with `openssl genpkey -algorithm ED25519`; ' +
          'without the file the mock has one of its own.',
      },
      cause,
    ),
  unreadableKey: (path: string, cause: unknown) =>
    new ToppleError(
      'unreadable-key',
      exitCodes.usage,
      {
        what: `${path} is not a private RSA key that can be read.`,
        why: cause instanceof Error ? cause.message : String(cause),
        next: 'Make one with `openssl genpkey -algorithm RSA -out FILE`, or leave out --keys.',
      },
      cause,
    ),
  unknownReference: (provider: string, reference: string) =>
    new ToppleError('unknown-reference', exitCodes.usage, {
      what: `${provider} has no order "${reference}".`,
      why: 'A buyer can pay only what a merchant has asked for before.',
      next: 'Create the order first, and pay under the reference that was sent to the provider.',
    }),
} as const;
