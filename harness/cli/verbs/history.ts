/** `topple history NAME`: what was asked of the system and how it ended, in the formats of Jepsen and Elle. */
import { errors } from '../../errors.ts';
import { exitCodes } from '../../exit-codes.ts';
import { repeatWorld } from '../../explore/exploration.ts';
import { isKeptWorld } from '../../explore/kept-worlds.ts';
import { formats, type Recorded } from '../../jepsen/formats.ts';
import { readBooks, readHistory } from '../../report/journal.ts';
import { simulationErrors } from '../../simulation-errors.ts';
import { onePositional, readArguments } from '../arguments.ts';
import { inExploration } from '../exploring.ts';
import { withProgress } from '../progress.ts';
import { loadKept } from '../subjects.ts';
import type { Verb } from '../verb.ts';

const options = { format: { type: 'string', default: 'jepsen-edn' } } as const;

const isFormat = (name: string): name is keyof typeof formats => Object.hasOwn(formats, name);

/** A kept world is repeated: it has its choices, not its history. Throws `worldDiffers` when it is another one now. */
const recordedIn = async (folder: string, id: string): Promise<Recorded> => {
  if (!isKeptWorld(folder, id)) return { operations: readHistory(folder, id), books: readBooks(folder, id) };
  const { kept, subject } = await loadKept(folder, id);
  return withProgress(`history ${id}`, () =>
    inExploration(subject, async (exploration) => {
      const { history, books, digest } = await repeatWorld(exploration, kept);
      if (digest !== kept.digest) throw simulationErrors.worldDiffers(id);
      return { operations: history.operations, books };
    }),
  );
};

/** The verb `history`. */
export const verb: Verb = {
  usage: `NAME [--format ${Object.keys(formats).join('|')}]`,
  summary:
    'Prints the history of a run or of a kept world for the checkers of others: operations as Jepsen has them, or ' +
    'wallets as lists that grow by credits, for Elle (list-append).',
  run: async (args) => {
    const { values, positionals } = readArguments('history', args, options);
    const id = onePositional('history', 'name', positionals);
    const { format } = values;
    if (!isFormat(format)) throw errors.unknownName('format', format, Object.keys(formats), 'docs/journal.md');
    process.stdout.write(formats[format](await recordedIn(process.cwd(), id)));
    return exitCodes.pass;
  },
};
