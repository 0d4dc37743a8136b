/** `topple explore SCENARIO`: many schedules of a few orders in simulated worlds, until a promise is broken. */
import { preciseClock, systemClock } from '../../clock.ts';
import { errors } from '../../errors.ts';
import { searchExhaustively } from '../../explore/exhaustive.ts';
import { type Exploration, meaninglessFaults, type Subject, watchWorld } from '../../explore/exploration.ts';
import { type KeptWorld, keepWorld } from '../../explore/kept-worlds.ts';
import type { WorldOutcome } from '../../explore/one-world.ts';
import { breachText, searchText, wayText, worthTelling } from '../../explore/report.ts';
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
import { testimonyDocument, toJson } from '../../report/json.ts';
import { paintFor } from '../../report/paint.ts';
import { anomaliesOf } from '../../run/audit.ts';
import type { Told } from '../../run/drive.ts';
import { exitCodeOf } from '../../run/verdict.ts';
import { onePositional, readArguments, wholeNumber } from '../arguments.ts';
import { commandIn } from '../compose.ts';
import { budgetMs, inExploration, keptFrom, showWorld, shrinkSurely } from '../exploring.ts';
import { withProgress } from '../progress.ts';
import { type Chosen, chooseSubject } from '../subjects.ts';
import type { Verb } from '../verb.ts';
import { isToFinish, searchByWorkers, tellCaller } from '../workers.ts';

const options = {
  budget: { type: 'string', default: '60s' },
  shrink: { type: 'string', default: '5s' },
  worlds: { type: 'string' },
  exhaustive: { type: 'boolean', default: false },
  'every-turn': { type: 'boolean', default: false },
  orders: { type: 'string' },
  seed: { type: 'string', default: '1' },
  set: { type: 'string', multiple: true, default: [] as string[] },
  defect: { type: 'string' },
  observe: { type: 'boolean', default: false },
  lie: { type: 'string' },
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
  /** Every interleaving of two requests at a time, instead of one new world after the other. */
  readonly exhaustive: SearchedDocument['exhaustive'];
}

const after = (durationMs: number): (() => boolean) => {
  const untilMs = preciseClock.nowMs() + durationMs;
  return () => preciseClock.nowMs() >= untilMs;
};

/** Keeps a world as JSON under a name of its own. */
const keepHere = (world: KeptWorld) => ({ world, kept: keepWorld(process.cwd(), world, systemClock.nowMs()) });

/** Makes what was found smaller, if it can be repeated, and keeps both, with a page of the smaller one. */
const keepFound = async (
  exploration: Exploration,
  { world, outcome, differs }: Found,
  { subject, shrinkMs, from }: Search,
  told: Told,
): Promise<FoundDocument> => {
  const kept = keepHere(keptFrom(subject, world, from));
  const dashboards = worthTelling(outcome).map(testimonyDocument);
  const found = {
    ...kept,
    seed: world.seed,
    story: breachText(outcome),
    anomalies: anomaliesOf(outcome.audits),
    dashboards,
  };
  const pageOf = (watched: WorldOutcome) => showWorld(subject, kept.kept, kept.world, watched);
  if (differs !== undefined) return { ...found, page: pageOf(outcome), differs, smallest: null };
  const startedMs = preciseClock.nowMs();
  const limits = { isOver: after(shrinkMs), told: (tries: number) => told(`shrinking, ${tries} worlds tried`) };
  const shrunk = await shrinkSurely(exploration, world, limits);
  if (!('smaller' in shrunk))
    return { ...found, page: pageOf(await watchWorld(exploration, world)), differs: null, smallest: null };
  const tookMs = Math.round(preciseClock.nowMs() - startedMs);
  const { deviations, switches, tries, world: smaller } = shrunk.smaller;
  const small = keepHere(keptFrom(subject, smaller, from, deviations));
  const watched = await watchWorld(exploration, smaller);
  const page = showWorld(subject, small.kept, small.world, watched);
  const orders = smaller.shape.ordinals.length;
  const size = { orders, choices: deviations, switches };
  const smallest: SmallestDocument = { ...small, ...size, tries, tookMs, way: wayText(watched) };
  return { ...found, page, differs: null, smallest };
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
    const limits = { firstSeed, worldsMax, shard, isOver, told: hear };
    const leftMs = (): number => (isOver() ? 0 : lookMs - (preciseClock.nowMs() - startedMs));
    const { found, ...looked } = await (asked.exhaustive
      ? searchExhaustively(exploration, { ...asked.exhaustive, seed: firstSeed, shard, leftMs, told: hear })
      : search(exploration, limits));
    const tookMs = Math.round(preciseClock.nowMs() - startedMs);
    return { shard, ...looked, found: found ? await keepFound(exploration, found, asked, told) : null, tookMs };
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

/** Promises of the scenario with a signal that the target maps. */
const watchedOf = ({ target, scenario }: Subject): readonly string[] =>
  scenario.expect
    .filter(({ signal }) => signal !== undefined && target.signals[signal] !== undefined)
    .map(({ id }) => id);

/** What a worker is told: everything but how many there are. */
const withoutWorkers = (args: readonly string[]): readonly string[] =>
  args.filter((arg, index) => {
    const isValue = ['--workers', '--shard'].includes(args[index - 1] ?? '');
    return !isValue && !/^--(workers|shard|json)\b/.test(arg);
  });

type Values = ReturnType<typeof readArguments<typeof options>>['values'];

/** How an exhaustive search was asked for; throws `bad-arguments` for what has no meaning with or without it. */
const exhaustiveIn = (values: Values): Search['exhaustive'] => {
  const isEvery = values['every-turn'];
  const bad = (why: string) => errors.badArguments('explore', why, Object.keys(options));
  if (!values.exhaustive) {
    if (isEvery || values.orders !== undefined) throw bad('--every-turn and --orders belong to --exhaustive');
    return null;
  }
  if (values.worlds !== undefined || values.observe || values.lie !== undefined)
    throw bad('--exhaustive looks at one seed, and at no dashboards: no --worlds, --observe or --lie');
  return { orders: wholeNumber('--orders', values.orders ?? '1', 1), isEvery };
};

/** The verb `explore`. */
export const verb: Verb = {
  usage:
    'SCENARIO [--budget 60s] [--worlds N] [--seed N] [--set OWNER.PARAM=VALUE]… [--defect ID] [--workers N] ' +
    '[--shard I/N] [--shrink 5s] [--observe] [--lie ID] [--exhaustive [--orders N] [--every-turn]] [--json]',
  summary:
    'Runs a few orders of the scenario through one simulated world after the other, each with another order of SQL ' +
    'statements, calls and webhooks, on a real PostgreSQL and virtual time, until a promise is broken; what broke it ' +
    'is repeated, shrunk and kept. --observe judges the alerts and panels of production as well, in virtual time. ' +
    '--exhaustive takes one world and every interleaving of each two of its requests.',
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
    const exhaustive = exhaustiveIn(values);
    const { subject, from } = await chooseSubject(process.cwd(), name, {
      settings: values.set,
      variant: values.defect,
      observed: values.observe,
      lie: values.lie,
    });
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
      watched: subject.observation ? watchedOf(subject) : null,
      lie: from.lie ?? null,
      exhaustive,
    };
    const asked = { ...limits, exhaustive, subject, from };
    const document = await documentOf(asked, searched, workers, withoutWorkers(args));
    const paint = paintFor(process.stdout, process.env);
    console.log(values.json ? toJson(document) : searchText(document, commandIn(process.cwd()), paint));
    return exitCodeOf(document.finding);
  },
};
