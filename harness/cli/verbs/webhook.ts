/** `topple webhook`: genuinely signed webhooks to any endpoint, and what it answers. Nothing has to be attached. */
import { contracts } from '#mocks/contracts';
import { postWebhook } from '#mocks/doors/post-webhook';
import { providers } from '#mocks/index';
import { describeWebhooks, makeWebhook } from '#mocks/make-webhook';
import { readWebhookUrl } from '#mocks/webhook-url';
import { systemClock } from '../../clock.ts';
import { errors } from '../../errors.ts';
import { type ExitCode, exitCodes } from '../../exit-codes.ts';
import { mockErrors } from '../../mock-errors.ts';
import type { OutgoingWebhook, Provider, WebhookAnswer } from '../../provider.ts';
import { harmless, wrapped } from '../../report/plain-text.ts';
import { readArguments, wholeNumber } from '../arguments.ts';
import type { Verb } from '../verb.ts';

const options = {
  to: { type: 'string' },
  reference: { type: 'string' },
  amount: { type: 'string', default: '88.88' },
  copies: { type: 'string', default: '1' },
  parallel: { type: 'boolean', default: false },
  tamper: { type: 'string' },
  unsigned: { type: 'boolean', default: false },
  keys: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;

const copiesMax = 1_000;

/** How one copy was answered. */
interface Answered extends WebhookAnswer {
  readonly copy: number;
  readonly tookMs: number;
  readonly acknowledged: boolean;
}

interface Outcome {
  readonly exitCode: ExitCode;
  readonly conclusion: string;
}

const providerNamed = (id: string): Provider => {
  const provider = Object.values(providers).find((one) => one.id === id);
  if (provider === undefined) throw errors.unknownName('provider', id, Object.keys(providers));
  return provider;
};

const send = async (
  webhook: OutgoingWebhook,
  copies: number,
  parallel: boolean,
  acknowledged: (answer: WebhookAnswer) => boolean,
): Promise<readonly Answered[]> => {
  const post = postWebhook(systemClock);
  const one = async (copy: number): Promise<Answered> => {
    const sentMs = systemClock.nowMs();
    const answer = await post(webhook);
    return { copy, tookMs: systemClock.nowMs() - sentMs, ...answer, acknowledged: acknowledged(answer) };
  };
  const numbers = Array.from({ length: copies }, (_, index) => index + 1);
  if (parallel) return Promise.all(numbers.map(one));
  const answers: Answered[] = [];
  for (const copy of numbers) answers.push(await one(copy));
  return answers;
};

/** `ends` says by which answer the provider takes a webhook for received. */
const conclude = (answers: readonly Answered[], tamper: string | undefined, ends: string): Outcome => {
  const silent = answers.filter(({ status }) => status === 0).length;
  const believed = answers.filter(({ acknowledged }) => acknowledged).length;
  const counted = `${answers.length} sent, ${believed} acknowledged.`;
  const told = (exitCode: ExitCode, ...lines: string[]) => ({ exitCode, conclusion: [counted, ...lines].join('\n') });
  if (tamper !== undefined && believed > 0) {
    return told(exitCodes.violated, `It is not authentic (${tamper}), and was acknowledged: look after the money.`);
  }
  if (silent > 0) return told(exitCodes.unknown, `${silent} got no answer: does something listen there, and reply?`);
  if (tamper !== undefined) return told(exitCodes.pass, `It is not authentic (${tamper}), and was not believed.`);
  if (believed > 0) return told(exitCodes.pass);
  const counts = wrapped(`What counts as received: ${ends}. A redirect is not followed.`, 0);
  const hints = ['Who does not know an order may refuse it: name one of yours by --reference', 'and --amount.'];
  return told(exitCodes.unknown, counts, ...hints, 'Compare the keys as well: `topple webhook PROVIDER` prints them.');
};

const rowOf = ({ copy, status, tookMs, acknowledged, body }: Answered): string => {
  const head = [
    String(copy).padStart(4),
    (status === 0 ? '-' : String(status)).padStart(3),
    `${Math.round(tookMs)} ms`.padStart(8),
    (status === 0 ? 'no answer' : acknowledged ? 'acknowledged' : 'refused').padEnd(12),
  ].join('  ');
  return `${head}  ${harmless(body.slice(0, 200))}`.slice(0, 80).trimEnd();
};

const describe = (provider: Provider, keysDir: string | undefined, json: boolean): void => {
  const described = { provider: provider.id, ...describeWebhooks(provider, systemClock.nowMs(), keysDir) };
  if (json) {
    console.log(JSON.stringify(described));
    return;
  }
  console.log(`${provider.id} sends: ${described.kinds.join(', ')}`);
  console.log(`--tamper: ${described.tampers.join(', ')}`);
  console.log('Configure the receiver with:');
  for (const [name, value] of Object.entries(described.identity)) {
    console.log(value.includes('\n') ? `${name}:\n${value.trimEnd()}` : `${name}: ${value}`);
  }
};

/** The verb `webhook`. */
export const verb: Verb = {
  usage:
    'PROVIDER [KIND --to URL] [--reference ID] [--amount 88.88] [--copies N] [--parallel] ' +
    '[--tamper WHAT | --unsigned] [--keys DIR] [--json]',
  summary:
    'Sends signed webhooks to a URL and prints each answer; without a KIND, tells the kinds and what a receiver needs.',
  run: async (args) => {
    const { values, positionals } = readArguments('webhook', args, options);
    if (positionals.length === 0) throw errors.positionals('webhook', 'provider', 0);
    if (positionals.length > 2) throw errors.positionals('webhook PROVIDER', 'kind', positionals.length - 1);
    const provider = providerNamed(positionals[0] ?? '');
    const [, kind] = positionals;
    if (kind === undefined) {
      describe(provider, values.keys, values.json);
      return exitCodes.pass;
    }
    const copies = wholeNumber('--copies', values.copies, 1);
    if (copies > copiesMax) throw errors.outOfRange('--copies', values.copies, `1..${copiesMax}`);
    const nowMs = systemClock.nowMs();
    const url = readWebhookUrl('--to', values.to ?? '');
    const { amount, reference = `topple${nowMs}` } = values;
    if (values.unsigned && values.tamper !== undefined) throw mockErrors.twoTampers(values.tamper);
    const tamper = values.tamper ?? (values.unsigned ? 'unsigned' : undefined);
    const made = makeWebhook(provider, { kind, reference, amount, url, tamper }, nowMs, values.keys);
    const answers = await send(made.webhook, copies, values.parallel, made.acknowledged);
    const { delivery } = contracts[provider.id as keyof typeof contracts];
    const { exitCode, conclusion } = conclude(answers, tamper, delivery?.ends ?? 'any 2xx');
    const { eventId } = made.webhook;
    if (values.json) {
      console.log(JSON.stringify({ provider: provider.id, kind, reference, eventId, tamper: tamper ?? null, answers }));
    } else {
      console.log(`${provider.id} ${kind}, order ${reference}, as number\n  ${eventId}`);
      console.log([...answers.map(rowOf), conclusion].join('\n'));
    }
    return exitCode;
  },
};
