/** `topple merge FILE…`: the parts of one search, made on several machines, as one result. */
import { readFileSync } from 'node:fs';
import { systemClock } from '../../clock.ts';
import { isKeptWorld, type KeptWorld, keepWorld, readWorld } from '../../explore/kept-worlds.ts';
import { searchText } from '../../explore/report.ts';
import { type FoundDocument, merged, type SearchDocument } from '../../explore/search-document.ts';
import { toJson } from '../../report/json.ts';
import { paintFor } from '../../report/paint.ts';
import { exitCodeOf } from '../../run/verdict.ts';
import { simulationErrors } from '../../simulation-errors.ts';
import { readArguments } from '../arguments.ts';
import { commandIn } from '../compose.ts';
import type { Verb } from '../verb.ts';

const options = { json: { type: 'boolean', default: false } } as const;

const readPart = (file: string): SearchDocument => {
  try {
    const document = JSON.parse(readFileSync(file, 'utf8')) as SearchDocument;
    if (document.version !== 1 || typeof document.shard !== 'string') throw new TypeError('it is no part of a search');
    return document;
  } catch (error) {
    throw simulationErrors.shardsDiffer(`${file} cannot be read: ${error instanceof Error ? error.message : error}.`);
  }
};

/** Keeps a world here that another machine found; its name is another one if that is taken. */
const keepHere = (kept: string, world: KeptWorld): string =>
  isKeptWorld(process.cwd(), kept) && readWorld(process.cwd(), kept).digest === world.digest
    ? kept
    : keepWorld(process.cwd(), world, systemClock.nowMs());

const foundHere = ({ kept, world, smallest, ...found }: FoundDocument): FoundDocument => ({
  ...found,
  world,
  kept: keepHere(kept, world),
  smallest: smallest && { ...smallest, kept: keepHere(smallest.kept, smallest.world) },
});

/** The verb `merge`. */
export const verb: Verb = {
  usage: 'FILE… [--json]',
  summary:
    'Joins what the parts of a search printed, each by `topple explore … --shard I/N --json`; what one of them found ' +
    'is kept here and can be replayed.',
  run: async (args) => {
    const { values, positionals } = readArguments('merge', args, options);
    const whole = merged(positionals.map(readPart));
    const document = { ...whole, found: whole.found && foundHere(whole.found) };
    const paint = paintFor(process.stdout, process.env);
    console.log(values.json ? toJson(document) : searchText(document, commandIn(process.cwd()), paint));
    return exitCodeOf(document.finding);
  },
};
