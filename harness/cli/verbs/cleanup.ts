/** `topple cleanup`: finds and removes what killed runs left on this machine, and in this folder. */
import { errors } from '../../errors.ts';
import { exitCodes } from '../../exit-codes.ts';
import { leftJournals } from '../../report/journal.ts';
import { findLeftContainers } from '../../worlds/containers/left-containers.ts';
import { findLeftovers, folderLeftover, keptCache, type Leftover } from '../../worlds/embedded/leftovers.ts';
import { readArguments } from '../arguments.ts';
import type { Verb } from '../verb.ts';

const options = {
  'dry-run': { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const;

const find = async (): Promise<readonly Leftover[]> => [
  ...(await findLeftovers()),
  ...(await findLeftContainers()),
  ...leftJournals(process.cwd()).map((place) => folderLeftover(place, 'the journal of a run that was not finished')),
];

interface Removal {
  readonly removed: readonly { readonly place: string; readonly what: string }[];
  readonly stuck: readonly { readonly place: string; readonly why: string }[];
}

const removeAll = async (found: readonly Leftover[]): Promise<Removal> => {
  const outcomes: (Awaited<ReturnType<Leftover['remove']>> & { readonly place: string })[] = [];
  for (const { place, remove } of found) outcomes.push({ place, ...(await remove()) });
  return {
    removed: outcomes.flatMap((outcome) => ('what' in outcome ? [outcome] : [])),
    stuck: outcomes.flatMap((outcome) => ('stuck' in outcome ? [{ place: outcome.place, why: outcome.stuck }] : [])),
  };
};

const tell = (doing: 'left' | 'removed', things: Removal['removed'], isNothing: boolean): void => {
  for (const { place, what } of things) console.log(`${doing} ${place}: ${what}`);
  if (isNothing) console.log('nothing is left of killed runs');
  const cache = keptCache();
  if (cache !== undefined) console.log(`kept ${cache}: prepared for faster starts; delete it when nothing runs`);
};

/** The verb `cleanup`. */
export const verb: Verb = {
  usage: '[--dry-run] [--json]',
  summary:
    'Removes what killed runs left: processes, containers, folders, shared memory, unfinished journals of this ' +
    'folder. Never touches a run that is alive, or of another user; --dry-run only says what there is.',
  run: async (args) => {
    const { values } = readArguments('cleanup', args, options);
    const found = await find();
    if (values['dry-run']) {
      const left = found.map(({ place, what }) => ({ place, what }));
      if (values.json) console.log(JSON.stringify({ left }));
      else tell('left', left, left.length === 0);
      return exitCodes.pass;
    }
    const { removed, stuck } = await removeAll(found);
    if (values.json) console.log(JSON.stringify({ removed, stuck }));
    else tell('removed', removed, found.length === 0);
    if (stuck.length > 0) throw errors.leftoversStuck(stuck);
    return exitCodes.pass;
  },
};
