/** `topple explore SCENARIO`: many schedules of a few orders in simulated worlds, until a promise is broken. */
import { preciseClock, systemClock } from '../../clock.ts';
import { errors } from '../../errors.ts';
import { type Exploration, meaninglessFaults, openExploration, type Subject } from '../../explore/exploration.ts';
import { type KeptWorld, keepWorld } from '../../explore/kept-worlds.ts';
import { breachText, tallyText, verdictText } from '../../explore/report.ts';
import { type Found, search, type Tally } from '../../explore/search.ts';
import { parseDurationMs } from '../../observe/duration.ts';
import { toJson } from '../../report/json.ts';
import { type Paint, paintFor } from '../../report/paint.ts';
import { harmless, wrapped } from '../../report/plain-text.ts';
import type { Finding } from '../../run/audit.ts';
import { parseSetting, withSettings } from '../../run/plan.ts';
import { exitCodeOf } from '../../run/verdict.ts';
import { onePositional, readArguments, wholeNumber } from '../arguments.ts';
import { withResource } from '../cleanup.ts';
import { commandIn, versionsHere } from '../compose.ts';
import { loadProject } from '../load-config.ts';
import { chooseScenario } from '../load-scenario.ts';
import { variantCalled } from '../lookup.ts';
import { withProgress } from '../progress.ts';
import type { Verb } from '../verb.ts';

const options = {
  budget: { type: 'string', default: '60s' },
  worlds: { type: 'string' },
  seed: { type: 'string', default: '1' },
  set: { type: 'string', multiple: true, default: [] as string[] },
  defect: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;

/** Milliseconds of `--budget`; throws `badDuration` when there are none. */
export const budgetMs = (text: string): number => {
  const durationMs = parseDurationMs(text);
  if (durationMs === undefined || durationMs <= 0) throw errors.badDuration('--budget', text);
  return durationMs;
};

/** Opens an exploration for `work`, and leaves nothing of it behind. */
export const inExploration = <Result>(
  subject: Subject,
  work: (exploration: Exploration) => Promise<Result>,
): Promise<Result> => withResource(openExploration(subject), (exploration) => exploration.close(), work);

/** The document of a world that is worth keeping. */
export const keptFrom = (
  subject: Subject,
  world: Found['world'],
  { file, settings }: Pick<KeptWorld, 'file' | 'settings'>,
): KeptWorld => ({
  version: 1,
  scenario: subject.scenario.id,
  ...(file === undefined ? {} : { file }),
  ...(subject.variant === undefined ? {} : { variant: subject.variant }),
  settings,
  versions: versionsHere(),
  ...world,
});

/** Nothing found is worth something only if every promise of the scenario was put to the test. */
const findingOf = ({ scenario }: Subject, tally: Tally, found: Found | undefined): Finding => {
  if (found !== undefined) return found.differs === undefined ? 'violated' : 'unknown';
  return scenario.expect.every(({ id }) => (tally.exercised.get(id) ?? 0) > 0) ? 'holds' : 'unknown';
};

const untried = ({ scenario }: Subject, tally: Tally): readonly string[] =>
  scenario.expect.map(({ id }) => id).filter((id) => (tally.exercised.get(id) ?? 0) === 0);

const foundLines = ({ world, outcome, differs }: Found, id: string, paint: Paint): readonly string[] => {
  const command = commandIn(process.cwd());
  const repeated =
    differs === undefined ? 'repeated three times, equal to the byte' : `not repeatable: ${harmless(differs)}`;
  return [
    wrapped(`  broken in world ${world.seed}, ${repeated}`, 10),
    '',
    breachText(outcome, paint),
    '',
    `  Replay: ${command} replay ${id}`,
    `  Shrink: ${command} shrink ${id}`,
  ];
};

const documentOf = (tally: Tally, found: Found | undefined, tookMs: number) => {
  const { worlds, digests, statements, waits, parked, deadlocks, harms } = tally;
  return {
    worlds,
    worldsPerMinute: Math.round((worlds * 60_000) / tookMs),
    different: digests.size,
    counts: { statements, waits, parked, deadlocks, harms },
    exercised: Object.fromEntries(tally.exercised),
    violations: found?.world.fingerprint ?? [],
    differs: found?.differs ?? null,
    tookMs,
  };
};

/** The verb `explore`. */
export const verb: Verb = {
  usage: 'SCENARIO [--budget 60s] [--worlds N] [--seed N] [--set OWNER.PARAM=VALUE]… [--defect ID] [--json]',
  summary:
    'Runs a few orders of the scenario through one simulated world after the other, each with another order of SQL ' +
    'statements, calls and webhooks, on a real PostgreSQL and virtual time, until a promise is broken.',
  run: async (args) => {
    const { values, positionals } = readArguments('explore', args, options);
    const name = onePositional('explore', 'scenario', positionals);
    const firstSeed = wholeNumber('--seed', values.seed, 0);
    const worldsMax =
      values.worlds === undefined ? Number.POSITIVE_INFINITY : wholeNumber('--worlds', values.worlds, 1);
    const lookMs = budgetMs(values.budget);
    const settings = values.set.map(parseSetting);
    const { scenario, file, project } = await chooseScenario(process.cwd(), name, await loadProject(process.cwd()));
    withSettings(scenario, settings);
    const variant = variantCalled(project.target, values.defect);
    const { target, invariants } = project;
    const subject: Subject = { target, invariants, scenario, settings, ...(variant === undefined ? {} : { variant }) };
    const startedMs = preciseClock.nowMs();
    const { tally, found } = await withProgress(`explore ${scenario.id}`, (told) =>
      inExploration(subject, (exploration) =>
        search(exploration, {
          firstSeed,
          worldsMax,
          clock: preciseClock,
          untilMs: preciseClock.nowMs() + lookMs,
          told: ({ worlds }) => told(`${worlds} worlds`),
        }),
      ),
    );
    const tookMs = preciseClock.nowMs() - startedMs;
    const finding = findingOf(subject, tally, found);
    const kept = found && keptFrom(subject, found.world, { ...(file && { file }), settings: values.set });
    const id = kept && keepWorld(process.cwd(), kept, systemClock.nowMs());
    if (values.json) console.log(toJson({ finding, kept: id ?? null, ...documentOf(tally, found, tookMs) }));
    else {
      const paint = paintFor(process.stdout, process.env);
      const against = variant === undefined ? target.id : `${target.id} with ${variant}`;
      const missing = untried(subject, tally);
      const left = meaninglessFaults(scenario);
      console.log(
        [
          paint('title', wrapped(`${scenario.id}, worlds from ${firstSeed} on, against ${against}`, 2)),
          tallyText(tally, tookMs),
          ...(found && id ? foundLines(found, id, paint) : []),
          ...(missing.length > 0 ? [wrapped(`  because nothing could have broken ${missing.join(', ')}`, 4)] : []),
          ...(left.length > 0 ? [wrapped(`  Without meaning here, and left out: ${left.join(', ')}.`, 4)] : []),
          verdictText(finding, tookMs, paint),
        ].join('\n'),
      );
    }
    return exitCodeOf(finding);
  },
};
