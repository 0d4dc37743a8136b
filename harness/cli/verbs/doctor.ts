/** `topple doctor`: can this machine run the embedded world? Tried, not guessed. */
import { findProgram, onPath } from '../../binaries/find.ts';
import { type ProgramName, programNames } from '../../binaries/programs.ts';
import { versionOf } from '../../binaries/version.ts';
import { ToppleError } from '../../errors.ts';
import { exitCodes } from '../../exit-codes.ts';
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

/** Docker is the user's own, and of any version. */
const examineDocker = async (): Promise<string> => {
  const path = onPath('docker', process.env);
  if (path === undefined) return 'none: not on PATH; the embedded world does without';
  return `${(await versionOf(path)) ?? 'unknown version'}, from PATH, ${path}`;
};

/** What the embedded world does without. */
const examineOptional = (): Promise<(readonly [part: string, found: string])[]> =>
  Promise.all([
    ...programNames.map(async (name) => [name, await examineProgram(name)] as const),
    examineDocker().then((found) => ['docker', found] as const),
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
    for (const [part = '', found = ''] of rows) console.log(`${part.padEnd(20)} ${found}`);
    console.log('The embedded world can run here.');
    return exitCodes.pass;
  },
};
