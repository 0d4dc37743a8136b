/** `topple run`: one scenario, a verdict, an exit code. */
import { systemClock } from '../../clock.ts';
import { dropJournal, finishJournal, type Journal, openJournal, reportPathOf } from '../../report/journal.ts';
import { toJson, verdictDocument } from '../../report/json.ts';
import { paintFor } from '../../report/paint.ts';
import { terminalReport } from '../../report/terminal.ts';
import type { Finding } from '../../run/audit.ts';
import type { Told } from '../../run/drive.ts';
import { withSettings } from '../../run/plan.ts';
import type { RunRequest, RunResult } from '../../run/result.ts';
import { type Lab, runScenario } from '../../run/run-scenario.ts';
import { exitCodeOf, worstOf } from '../../run/verdict.ts';
import { embedded } from '../../worlds/embedded.ts';
import { onePositional, readArguments, wholeNumber } from '../arguments.ts';
import { withResource } from '../cleanup.ts';
import { inLab } from '../compose.ts';
import { loadProject } from '../load-config.ts';
import { chooseScenario } from '../load-scenario.ts';
import { hosting, lieCalled, variantCalled, worldCalled } from '../lookup.ts';
import { tellPipeline } from '../pipeline.ts';
import { withProgress } from '../progress.ts';
import { parseSetting } from '../settings.ts';
import { untilFail } from '../until-fail.ts';
import type { Verb } from '../verb.ts';

const options = {
  seed: { type: 'string', default: '1' },
  set: { type: 'string', multiple: true, default: [] as string[] },
  defect: { type: 'string' },
  lie: { type: 'string' },
  world: { type: 'string', default: 'embedded' },
  repeat: { type: 'string' },
  'until-fail': { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const;

/** Whether a run that held is printed and kept like any other, or leaves nothing. */
type Thrift = 'all' | 'failures';

const printReport = (result: RunResult, { id }: Journal): void => {
  const whereabouts = { runId: id, reportPath: reportPathOf(id) };
  console.log(terminalReport(result, whereabouts, paintFor(process.stdout, process.env)));
};

/** Does one run, keeps its journal, prints the report (or one line of JSON), and tells the pipeline it runs in. */
export const reportOn = async (
  title: string,
  asJson: boolean,
  keep: Thrift,
  run: (told: Told, journal: Journal) => Promise<RunResult>,
): Promise<RunResult> => {
  const opening = (async () => openJournal(process.cwd(), systemClock.nowMs()))();
  const drop = async (journal: Journal): Promise<void> => dropJournal(journal);
  return withResource(opening, drop, async (journal) => {
    const result = await withProgress(title, (told) => run(told, journal));
    if (keep === 'failures' && result.verdict.finding === 'holds') return result;
    finishJournal(journal, result);
    if (asJson) console.log(toJson(verdictDocument(result, journal.id)));
    else printReport(result, journal);
    tellPipeline(result, process.env);
    return result;
  });
};

/** Runs once, and reports as above. */
export const runAndReport = (
  lab: Lab,
  request: RunRequest,
  asJson: boolean,
  keep: Thrift = 'all',
): Promise<RunResult> =>
  reportOn(`${request.scenario.id}, seed ${request.seed}`, asJson, keep, (told) => runScenario(lab, request, { told }));

/** Runs the seeds from that of `first` on until one does not hold; says on standard error how far it is. */
const search = async (lab: Lab, first: RunRequest, triesMax: number, asJson: boolean): Promise<Finding> => {
  const run = async (seed: number): Promise<Finding> =>
    (await runAndReport(lab, { ...first, seed }, asJson, 'failures')).verdict.finding;
  const told = (seed: number, held: number): void => console.error(`seed ${seed} holds (${held} so far)`);
  const { held, failed } = await untilFail(run, first.seed, triesMax, told);
  console.error(
    failed === undefined
      ? `all ${held} seeds held`
      : `seed ${failed.seed} is ${failed.finding}, after ${held} that held`,
  );
  return failed?.finding ?? 'holds';
};

/** The verb `run`. */
export const verb: Verb = {
  usage:
    'SCENARIO [--seed N] [--set OWNER.PARAM=VALUE]… [--defect ID] [--lie ID] [--world ID] [--repeat N] ' +
    '[--until-fail] [--json]',
  summary:
    'Runs one scenario against the system and judges it; --repeat runs the seeds N, N+1, …, --until-fail goes on ' +
    'until one of them does not hold.',
  run: async (args) => {
    const { values, positionals } = readArguments('run', args, options);
    const name = onePositional('run', 'scenario', positionals);
    const seed = wholeNumber('--seed', values.seed, 0);
    const repeat = values.repeat === undefined ? undefined : wholeNumber('--repeat', values.repeat, 1);
    const isSearch = values['until-fail'];
    const settings = values.set.map(parseSetting);
    const chosen = await chooseScenario(process.cwd(), name, await loadProject(process.cwd()));
    const { scenario, file, project } = chosen;
    withSettings(scenario, settings); // refuses what cannot be set before anything is started
    const variant = variantCalled(project.target, values.defect);
    const lie = lieCalled(values.lie);
    const { target } = project;
    const world = hosting(worldCalled(values.world), {
      target,
      scenario,
      ...(variant === undefined ? {} : { variant }),
    });
    const first: RunRequest = {
      scenario,
      ...(file === undefined ? {} : { file }),
      seed,
      settings,
      ...(variant === undefined ? {} : { variant }),
      ...(lie === undefined ? {} : { lie }),
      ...(world === embedded ? {} : { world: world.id }),
    };
    const findings = await inLab(project, world, async (lab) => {
      if (isSearch) return [await search(lab, first, repeat ?? Number.POSITIVE_INFINITY, values.json)];
      const found: Finding[] = [];
      for (let nth = 0; nth < (repeat ?? 1); nth += 1) {
        found.push((await runAndReport(lab, { ...first, seed: seed + nth }, values.json)).verdict.finding);
      }
      return found;
    });
    return exitCodeOf(worstOf(findings));
  },
};
