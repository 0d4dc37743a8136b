/** `topple VERB …`: finds the verb, runs it, and turns errors into text and exit codes. */
import { sleep, systemClock } from '../clock.ts';
import { errors, ToppleError } from '../errors.ts';
import { exitCodes } from '../exit-codes.ts';
import { wrapped } from '../report/plain-text.ts';
import { cleanUp } from './cleanup.ts';
import { drained } from './drained.ts';
import { answerToOwnName } from './own-name.ts';
import type { Verb } from './verb.ts';
import { toppleVersion } from './version.ts';

/** Loaded only when called, so that `topple list` does not pay for what `topple run` needs. */
const verbs: Readonly<Record<string, () => Promise<{ readonly verb: Verb }>>> = {
  cleanup: () => import('./verbs/cleanup.ts'),
  demo: () => import('./verbs/demo.ts'),
  doctor: () => import('./verbs/doctor.ts'),
  explain: () => import('./verbs/explain.ts'),
  explore: () => import('./verbs/explore.ts'),
  generate: () => import('./verbs/generate.ts'),
  history: () => import('./verbs/history.ts'),
  init: () => import('./verbs/init.ts'),
  load: () => import('./verbs/load.ts'),
  list: () => import('./verbs/list.ts'),
  matrix: () => import('./verbs/matrix.ts'),
  merge: () => import('./verbs/merge.ts'),
  mocks: () => import('./verbs/mocks.ts'),
  replay: () => import('./verbs/replay.ts'),
  run: () => import('./verbs/run.ts'),
  shrink: () => import('./verbs/shrink.ts'),
  sweep: () => import('./verbs/sweep.ts'),
  tools: () => import('./verbs/tools.ts'),
  webhook: () => import('./verbs/webhook.ts'),
};

/** How the verbs of these names are called, and what they do; all if there are none. */
const usage = async (...names: readonly string[]): Promise<string> => {
  const asked = Object.entries(verbs).filter(([name]) => names.length === 0 || names.includes(name));
  const all = await Promise.all(asked.map(async ([name, load]) => ({ name, ...(await load()).verb })));
  return ['topple: chaos scenarios for payment-to-credit systems, judged by the money', '']
    .concat(
      all.map((verb) =>
        [wrapped(`  topple ${verb.name} ${verb.usage}`, 4), wrapped(`      ${verb.summary}`, 6)].join('\n'),
      ),
    )
    .concat(
      '',
      'Exit codes: 0 held, 1 violated, 2 usage, 3 unknown, 4 no world,',
      '  5 not cleaned up, 70 bug, 130 interrupted.',
    )
    .join('\n');
};

const explainError = (error: unknown): number => {
  if (error instanceof ToppleError) {
    const lines = [`topple: ${error.code}: ${error.message}`, `  ${error.why}`, `  Next: ${error.next}`];
    console.error(lines.map((line) => (process.stderr.isTTY ? wrapped(line, 4) : line)).join('\n'));
    return error.exitCode;
  }
  console.error(error);
  console.error('topple: this is a bug of topple, or of the topple.config if it is named above. Please report it.');
  return exitCodes.internal;
};

const main = async ([name = 'help', ...args]: readonly string[]): Promise<number> => {
  if (['version', '--version'].includes(name)) {
    console.log(toppleVersion());
    return exitCodes.pass;
  }
  if (['help', '--help', '-h'].includes(name) || args.includes('--help')) {
    console.log(await usage(...[name, ...args].filter((one) => verbs[one] !== undefined)));
    return exitCodes.pass;
  }
  const load = verbs[name];
  if (load === undefined) throw errors.unknownName('verb', name, Object.keys(verbs), '`topple help`');
  return (await load()).verb.run(args);
};

/** Set by the first signal or escaped error: from then on only the clean-up decides how this process ends. */
let stopping: Promise<number> | undefined;
const stopped = new Promise<number>((resolve) => {
  const stop = (exitCode: number, tell: () => void): void => {
    if (stopping !== undefined) return; // what is torn down now may well fail
    tell();
    stopping = cleanUp().then(() => exitCode, explainError);
    resolve(stopping);
  };
  // Listened to for good: a terminal sends Ctrl-C here and to the launcher, which passes it on once more.
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.on(signal, () => stop(exitCodes.interrupted, () => console.error('\ntopple: interrupted, cleaning up')));
  }
  // Thrown where nobody waits, in a timer for example. Node brings rejections that nobody handles here as well.
  process.on('uncaughtException', (error) => stop(exitCodes.internal, () => explainError(error)));
});

/** How long whoever reads may take for the rest, once somebody wants this to end. */
const drainingMsMax = 1_000;

answerToOwnName();
const finished = main(process.argv.slice(2)).then(
  (code) => stopping ?? code,
  (error: unknown) => stopping ?? explainError(error),
);
const exitCode = await Promise.race([stopped, finished]);
const told = drained(process.stdout, process.stderr);
await (stopping === undefined ? told : Promise.race([told, sleep(systemClock, drainingMsMax)]));
process.exit(exitCode);
