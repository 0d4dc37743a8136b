/** `topple replay RUN`: the same plan again, in real time. It says how often the finding came back, never more. */
import { errors } from '../../errors.ts';
import { type ExitCode, exitCodes } from '../../exit-codes.ts';
import { followWorld, repeatWorld, watchWorld } from '../../explore/exploration.ts';
import { isKeptWorld } from '../../explore/kept-worlds.ts';
import { breachText } from '../../explore/report.ts';
import { loadErrors } from '../../load-errors.ts';
import { readChoices, readVerdict } from '../../report/journal.ts';
import { choicesOf, toJson, verdictDocument } from '../../report/json.ts';
import { paintFor } from '../../report/paint.ts';
import { anomaliesOf } from '../../run/audit.ts';
import { planRun } from '../../run/plan.ts';
import type { RunRequest } from '../../run/result.ts';
import { exitCodeOf, worstOf } from '../../run/verdict.ts';
import { embedded } from '../../worlds/embedded.ts';
import { onePositional, readArguments, wholeNumber } from '../arguments.ts';
import { inLab } from '../compose.ts';
import { inExploration, showWorld } from '../exploring.ts';
import { loadProject } from '../load-config.ts';
import { chooseScenario } from '../load-scenario.ts';
import { lieCalled, variantCalled, worldCalled } from '../lookup.ts';
import { withProgress } from '../progress.ts';
import { parseSetting } from '../settings.ts';
import { loadKept, versionsThatDiffer } from '../subjects.ts';
import type { Verb } from '../verb.ts';
import { runAndReport } from './run.ts';

const options = {
  repeat: { type: 'string', default: '3' },
  guided: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const;

/** Finding and violated invariants: what two runs must share for one to reproduce the other. */
const fingerprint = ({
  finding,
  invariants,
}: Pick<ReturnType<typeof verdictDocument>, 'finding' | 'invariants'>): string =>
  [finding, ...invariants.filter((invariant) => invariant.finding === 'violated').map(({ id }) => id)].join(' ');

/** A kept world again, as often as asked: its choices decide everything, so nothing may differ. */
const replayWorld = async (id: string, repeat: number, asJson: boolean): Promise<ExitCode> => {
  const { kept, subject } = await loadKept(process.cwd(), id);
  const [watched, ...outcomes] = await withProgress(`replay ${id}`, () =>
    inExploration(subject, async (exploration) => {
      const repeated = [await watchWorld(exploration, kept)];
      for (let run = 0; run < repeat; run += 1) repeated.push(await repeatWorld(exploration, kept));
      return repeated;
    }),
  );
  const reproduced = outcomes.filter(({ digest }) => digest === kept.digest).length;
  const [first] = outcomes;
  const page = watched === undefined ? undefined : showWorld(subject, id, kept, watched);
  if (asJson)
    console.log(
      toJson({
        world: id,
        page,
        reproduced,
        of: repeat,
        broken: first?.fingerprint ?? [],
        anomalies: anomaliesOf(first?.audits ?? []),
      }),
    );
  else {
    if (first !== undefined) console.log(`${breachText(first, paintFor(process.stdout, process.env))}\n`);
    for (const difference of reproduced < repeat ? versionsThatDiffer(kept) : []) console.log(`  ${difference}`);
    if (page !== undefined) console.log(`Report: ${page}`);
    console.log(`reproduced ${reproduced} of ${repeat} to the byte: ${kept.fingerprint.join(' ')}`);
  }
  return reproduced < repeat ? exitCodes.unknown : exitCodeOf(kept.fingerprint.length > 0 ? 'violated' : 'holds');
};

/** A kept world as a regression test: the system has changed since, and must not break there any more. */
const followKept = async (id: string, asJson: boolean): Promise<ExitCode> => {
  const { kept, subject } = await loadKept(process.cwd(), id);
  const outcome = await withProgress(`replay ${id}`, () =>
    inExploration(subject, (exploration) => followWorld(exploration, kept)),
  );
  const { fingerprint } = outcome;
  if (asJson) console.log(toJson({ world: id, broken: fingerprint, anomalies: anomaliesOf(outcome.audits) }));
  else if (fingerprint.length > 0) console.log(breachText(outcome, paintFor(process.stdout, process.env)));
  else console.log(`nothing is broken where ${kept.fingerprint.join(' ')} was`);
  return exitCodeOf(fingerprint.length > 0 ? 'violated' : 'holds');
};

/** The verb `replay`. */
export const verb: Verb = {
  usage: 'RUN [--repeat N] [--guided] [--json]',
  summary:
    'Repeats the plan of an earlier run N times (3) and prints how often its finding was reproduced; a world that ' +
    '`explore` kept, by name or as a file, has to come back to the byte. --guided makes its choices as far as they ' +
    'are still possible: a regression test, which ends with 0 once the system is mended.',
  run: async (args) => {
    const { values, positionals } = readArguments('replay', args, options);
    const id = onePositional('replay', 'run', positionals);
    const repeat = wholeNumber('--repeat', values.repeat, 1);
    if (values.guided) return followKept(id, values.json);
    if (isKeptWorld(process.cwd(), id)) return replayWorld(id, repeat, values.json);
    const choices = readChoices(process.cwd(), id);
    const verdict = readVerdict(process.cwd(), id);
    if (choices.load !== undefined) throw loadErrors.loadNotReplayed(id, verdict.rerun);
    const wanted = fingerprint(verdict);
    const project = await loadProject(process.cwd());
    const chosen = await chooseScenario(process.cwd(), choices.file ?? choices.scenario, project);
    const variant = variantCalled(project.target, choices.variant ?? undefined);
    const lie = lieCalled(choices.lie ?? undefined);
    const request: RunRequest = {
      scenario: chosen.scenario,
      ...(chosen.file === undefined ? {} : { file: chosen.file }),
      seed: choices.seed,
      settings: choices.settings.map(parseSetting),
      ...(variant === undefined ? {} : { variant }),
      ...(lie === undefined ? {} : { lie }),
    };
    const plan = planRun(request.scenario, request.seed, request.settings);
    if (toJson(choicesOf(request, plan)) !== toJson(choices)) throw errors.planChanged(id);
    const world = worldCalled(verdict.world);
    const again = world === embedded ? request : { ...request, world: world.id };
    const verdicts = await inLab(chosen.project, world, async (lab) => {
      const found = [];
      for (let run = 0; run < repeat; run += 1) {
        found.push(verdictDocument(await runAndReport(lab, again, values.json), id));
      }
      return found;
    });
    const reproduced = verdicts.filter((verdict) => fingerprint(verdict) === wanted).length;
    console.log(
      values.json ? toJson({ run: id, reproduced, of: repeat }) : `reproduced ${reproduced} of ${repeat}: ${wanted}`,
    );
    return exitCodeOf(worstOf(verdicts.map(({ finding }) => finding)));
  },
};
