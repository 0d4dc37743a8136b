/** `topple doctor`: can this machine run the embedded world? Tried, not guessed. */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { exitCodes } from '../../exit-codes.ts';
import { examineEmbedded } from '../../worlds/embedded/examine.ts';
import { readArguments } from '../arguments.ts';
import { loadTarget } from '../load-config.ts';
import type { Verb } from '../verb.ts';

/** Programs that the embedded world does without. */
const optionalPrograms = ['docker', 'k6', 'prometheus', 'promtool', 'toxiproxy-server'];

const onPath = (program: string): string | undefined =>
  (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, program))
    .find((path) => existsSync(path));

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
      ...optionalPrograms.map((program) => [
        program,
        onPath(program) ?? 'not on PATH, not needed by the embedded world',
      ]),
    ];
    for (const [part = '', found = ''] of rows) console.log(`${part.padEnd(20)} ${found}`);
    console.log('The embedded world can run here.');
    return exitCodes.pass;
  },
};
