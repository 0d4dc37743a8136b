/** `topple doctor`: can this machine run the embedded world? Tried, not guessed. */
import { findProgram } from '../../binaries/find.ts';
import { type ProgramName, programNames } from '../../binaries/programs.ts';
import { ToppleError } from '../../errors.ts';
import { exitCodes } from '../../exit-codes.ts';
import { wrapped } from '../../report/plain-text.ts';
import { findEngine } from '../../worlds/containers/engine.ts';
import { examineEmbedded } from '../../worlds/embedded/examine.ts';
import { readArguments } from '../arguments.ts';
import { loadTarget } from '../load-config.ts';
import type { Verb } from '../verb.ts';

/** One of the programs of `npm run tools`: its version and where it came from, or what to do. */
const examineProgram = async (name: ProgramName): Promise<string> => {
  const found = await findProgram(name).catch((error: unknown) => {
    if (error instanceof ToppleError) return { path: undefined, reason: `${error.message} ${error.next}` };
    throw error;
  });
  if (found.path === undefined) return `none: ${found.reason}`;
  return `${found.version ?? 'unknown version'}, from ${found.origin}, ${found.path}`;
};

/** The engine is the user's own, and of any version. */
const examineEngine = async (): Promise<string> => {
  const engine = await findEngine();
  if ('reason' in engine) return `none: ${engine.reason}`;
  const origin = process.env.DOCKER_HOST ? 'DOCKER_HOST' : 'its usual place';
  return `${engine.version}, from ${origin}, ${engine.place}`;
};

/** What the embedded world does without. */
const examineOptional = (): Promise<(readonly [part: string, found: string])[]> =>
  Promise.all([
    ...programNames.map(async (name) => [name, await examineProgram(name)] as const),
    examineEngine().then((found) => ['container engine', found] as const),
  ]);

/** The verb `doctor`. */
export const verb: Verb = {
  usage: '',
  summary: 'Starts and stops the parts of the embedded world, and says what was found on this machine.',
  run: async (args) => {
    readArguments('doctor', args, {});
    const target = await loadTarget(process.cwd());
    const rows = [
      ['Node', `${process.version}, ${process.execPath}`],
      ['system under test', `${target.id}, roles ${target.roles.join(', ')}`],
      ...(await examineEmbedded()),
      ...(await examineOptional()),
    ];
    for (const [part = '', found = ''] of rows) console.log(wrapped(`${part.padEnd(20)} ${found}`, 21));
    console.log('The embedded world can run here.');
    return exitCodes.pass;
  },
};
