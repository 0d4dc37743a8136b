/** `topple explore SCENARIO`: many schedules of a few orders in simulated worlds, until a promise is broken. */
import { preciseClock, systemClock } from '../../clock.ts';
import { type Exploration, meaninglessFaults, watchWorld } from '../../explore/exploration.ts';
import { type KeptWorld, keepWorld } from '../../explore/kept-worlds.ts';
import { breachText, searchText, wayText } from '../../explore/report.ts';
import { type Found, search } from '../../explore/search.ts';
import {
  type FoundDocument,
  merged,
  type Result,
  type SearchDocument,
  type SearchedDocument,
  type SmallestDocument,
  searchDocument,
} from '../../explore/search-document.ts';
import { parseShard, type Shard } from '../../explore/shard.ts';
import { toJson } from '../../report/json.ts';
import { paintFor } from '../../report/paint.ts';
import { anomaliesOf } from '../../run/audit.ts';
import type { Told } from '../../run/drive.ts';
import { exitCodeOf } from '../../run/verdict.ts';
import { onePositional, readArguments, wholeNumber } from '../arguments.ts';
import { commandIn } from '../compose.ts';
import { budgetMs, inExploration, keptFrom, shrinkSurely } from '../exploring.ts';
import { withProgress } from '../progress.ts';
import { type Chosen, chooseSubject } from '../subjects.ts';
import type { Verb } from '../verb.ts';
import { isToFinish, searchByWorkers, tellCaller } from '../workers.ts';

const options = {
  budget: { type: 'string', default: '60s' },
  shrink: { type: 'string', default: '5s' },
  worlds: { type: 'string' },
  seed: { type: 'string', default: '1' },
  set: { type: 'string', multiple: true, default: [] as string[] },
  defect: { type: 'string' },
  workers: { type: 'string', default: '1' },
  shard: { type: 'string', default: '1/1' },
  json: { type: 'boolean', default: false },
} as const;

/** A search as it was asked for. */
interface Search extends Chosen {
  readonly firstSeed: number;
  readonly worldsMax: number;
  readonly lookMs: number;
  readonly shrinkMs: number;
  readonly shard: Shard;
}

const after = (durationMs: number): (() => boolean) => {
  const untilMs = preciseClock.nowMs() + durationMs;
  return () => preciseClock.nowMs() >= untilMs;
};

/** Makes what was found smaller, if it can be repeated, and keeps both. */
const keepFound = async (
  exploration: Exploration,
  { world, outcome, differs }: Found,
  { subject, shrinkMs, from }: Search,
  told: Told,
): Promise<FoundDocument> => {
  const keep = (kept: KeptWorld) => ({ world: kept, kept: keepWorld(process.cwd(), kept, systemClock.nowMs()) });
  const found = {
    ...keep(keptFrom(subject, world, from)),
    seed: world.seed,
    story: breachText(outcome),
    anomalies: anomaliesOf(outcome.audits),
  };
  if (differs !== undefined) return { ...found, differs, smallest: null };
  const startedMs = preciseClock.nowMs();
  const limits = { isOver: after(shrinkMs), told: (tries: number) => told(`shrinking, ${tries} worlds tried`) };
  const shrunk = await shrinkSurely(exploration, world, limits);
  if (!('smaller' in shrunk)) return { ...found, differs: null, smallest: null };
  const { deviations, tries } = shrunk.smaller;
  const smallest: SmallestDocument = {
    ...keep(keptFrom(subject, shrunk.smaller.world, from)),
    orders: shrunk.smaller.world.shape.ordinals.length,
    choices: deviations,
    tries,
    tookMs: Math.round(preciseClock.nowMs() - startedMs),
    way: wayText(await watchWorld(exploration, shrunk.smaller.world)),
  };
  return { ...found, differs: null, smallest };
};

const searchHere = async (asked: Search, told: Told): Promise<Result> => {
  const { subject, firstSeed, worldsMax, lookMs, shard } = asked;
  const isCalledOff = isToFinish();
  return inExploration(subject, async (exploration) => {
    const startedMs = preciseClock.nowMs();
    const isLate = after(lookMs);
    const isOver = (): boolean => isLate() || isCalledOff();
    const hear = ({ worlds }: { readonly worlds: number }): void => {
      told(`${worlds} worlds`);
      tellCaller(worlds);
    };
    const limits = { firstSeed, worldsMax, shard, isOver };
    const { tally, found } = await search(exploration, { ...limits, told: hear });
    const tookMs = Math.round(preciseClock.nowMs() - startedMs);
    return { shard, tally, found: found ? await keepFound(exploration, found, asked, told) : null, tookMs };
  });
};

const documentOf = async (
  asked: Search,
  searched: SearchedDocument,
  workers: number,
  args: readonly string[],
): Promise<SearchDocument> => {
  const title = `explore ${searched.scenario}`;
  if (workers === 1) return searchDocument(searched, await withProgress(title, (told) => searchHere(asked, told)));
  return withProgress(title, async (told) => {
    const hear = (worlds: number): void => told(`${worlds} worlds by ${workers} workers`);
    hear(0);
    return merged(await searchByWorkers(workers, ['explore', ...args], asked.shard, hear), asked.shard);
  });
};

/** What a worker is told: everything but how many there are. */
const withoutWorkers = (args: readonly string[]): readonly string[] =>
  args.filter((arg, index) => {
    const isValue = ['--workers', '--shard'].includes(args[index - 1] ?? '');
    return !isValue && !/^--(workers|shard|json)\b/.test(arg);
  });

/** The verb `explore`. */
export const verb: Verb = {
  usage:
    'SCENARIO [--budget 60s] [--worlds N] [--seed N] [--set OWNER.PARAM=VALUE]… [--defect ID] [--workers N] ' +
    '[--shard I/N] [--shrink 5s] [--json]',
  summary:
    'Runs a few orders of the scenario through one simulated world after the other, each with another order of SQL ' +
    'statements, calls and webhooks, on a real PostgreSQL and virtual time, until a promise is broken; what broke it ' +
    'is repeated, shrunk and kept.',
  run: async (args) => {
    const { values, positionals } = readArguments('explore', args, options);
    const name = onePositional('explore', 'scenario', positionals);
    const limits = {
      firstSeed: wholeNumber('--seed', values.seed, 0),
      worldsMax: values.worlds === undefined ? Number.POSITIVE_INFINITY : wholeNumber('--worlds', values.worlds, 1),
      lookMs: budgetMs('--budget', values.budget),
      shrinkMs: budgetMs('--shrink', values.shrink),
      shard: parseShard(values.shard),
    };
    const workers = wholeNumber('--workers', values.workers, 1);
    const { subject, from } = await chooseSubject(process.cwd(), name, values.set, values.defect);
    const { target, scenario, variant } = subject;
    const searched: SearchedDocument = {
      version: 1,
      target: target.id,
      scenario: scenario.id,
      variant: variant ?? null,
      settings: values.set,
      firstSeed: limits.firstSeed,
      expected: scenario.expect.map(({ id }) => id),
      meaningless: meaninglessFaults(scenario),
    };
    const asked = { ...limits, subject, from };
    const document = await documentOf(asked, searched, workers, withoutWorkers(args));
    const paint = paintFor(process.stdout, process.env);
    console.log(values.json ? toJson(document) : searchText(document, commandIn(process.cwd()), paint));
    return exitCodeOf(document.finding);
  },
};
