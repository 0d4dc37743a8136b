/** `topple load`: a k6 script against the system, with faults on a timeline; then the books are audited. */
import { existsSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { loads } from '#scenarios/load/index';
import { needProgram } from '../../binaries/find.ts';
import { errors } from '../../errors.ts';
import { noDoubleCredit } from '../../invariants/no-double-credit.ts';
import { noLostCredit } from '../../invariants/no-lost-credit.ts';
import { k6Script } from '../../k6/workloads.ts';
import { defineLoad, type Load } from '../../load.ts';
import { loadErrors } from '../../load-errors.ts';
import { drawValues } from '../../params.ts';
import { exactly } from '../../range.ts';
import { planRun, type Setting, withSettings } from '../../run/plan.ts';
import type { RunRequest } from '../../run/result.ts';
import { type LoadRun, runLoad } from '../../run/run-load.ts';
import { exitCodeOf } from '../../run/verdict.ts';
import { embedded } from '../../worlds/embedded.ts';
import { onePositional, readArguments, wholeNumber } from '../arguments.ts';
import { cashierDoors, inLab } from '../compose.ts';
import { budgetMs } from '../exploring.ts';
import { loadProject, type Project, usualProviders } from '../load-config.ts';
import { lieCalled, variantCalled } from '../lookup.ts';
import { parseSetting } from '../settings.ts';
import { outageOf, timedFault } from '../timed-faults.ts';
import type { Verb } from '../verb.ts';
import { reportOn } from './run.ts';

const options = {
  seed: { type: 'string', default: '1' },
  duration: { type: 'string' },
  set: { type: 'string', multiple: true, default: [] as string[] },
  fault: { type: 'string', multiple: true, default: [] as string[] },
  compare: { type: 'boolean', default: false },
  defect: { type: 'string' },
  lie: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;

/** A script of the user's, about which nothing is known. */
const ownLoad = (script: string, providers: Load['providers']): Load =>
  defineLoad({
    id: basename(script),
    hypothesis: 'Whatever the script asks of the system, what is paid is credited once.',
    covers: [],
    script,
    providers,
    workload: k6Script({}),
    faults: [],
    expect: [noDoubleCredit, noLostCredit],
    settleMsMax: 15_000,
  });

const isFile = (name: string): boolean => /[/\\]|\.[cm]?[jt]s$/.test(name);

const chooseLoad = (folder: string, name: string, { scenarios }: Project): Load => {
  if (!isFile(name)) {
    const found = loads.find(({ id }) => id === name);
    if (found === undefined)
      throw errors.unknownName(
        'load',
        name,
        loads.map(({ id }) => id),
      );
    return found;
  }
  const script = resolve(folder, name);
  if (!existsSync(script)) throw loadErrors.noSuchScript(script);
  return ownLoad(script, usualProviders({ scenarios }));
};

/** What was asked for on the command line. */
interface Asked {
  readonly load: Load;
  readonly file?: string;
  readonly seed: number;
  readonly settings: readonly Setting[];
  readonly faults: readonly string[];
  readonly isCompared: boolean;
  readonly project: Project;
}

/** The run, as far as it can be planned; refuses what cannot be before anything is started. */
const planLoad = ({ load, file, seed, settings, faults, isCompared, project }: Asked) => {
  const asked = faults.map((text) => timedFault(text, load, project.target, settings));
  const whole = withSettings({ ...load, faults: [...load.faults, ...asked] }, settings);
  const { random } = planRun(load, seed);
  const { seconds = 0 } = drawValues(whole.workload.ranges, random.fork('workload'));
  const request: RunRequest = {
    scenario: load,
    ...(file === undefined ? {} : { file }),
    seed,
    settings,
    load: { faults, compare: isCompared },
  };
  const timeline = [...outageOf(load, seconds), ...asked];
  return { request, timeline, isCompared: timeline.length > 0 && (isCompared || load.outage !== undefined) };
};

const environment = (): Record<string, string> =>
  Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );

/** `--duration` is a word for a setting. */
const durationSetting = (text: string | undefined): Setting[] =>
  text === undefined
    ? []
    : [{ owner: k6Script.id, param: 'seconds', range: exactly(Math.ceil(budgetMs('--duration', text) / 1_000)) }];

/** The verb `load`. */
export const verb: Verb = {
  usage:
    'LOAD|SCRIPT [--duration 24s] [--fault FAULT@FROM..TO]… [--compare] [--seed N] [--set OWNER.PARAM=VALUE]… ' +
    '[--defect ID] [--lie ID] [--json]',
  summary:
    'Runs a k6 script against the system, named or your own, while faults come and go, and audits the books. A load ' +
    'with an outage runs without it first, to compare how often the provider was asked; --compare does so for yours.',
  run: async (args) => {
    const { values, positionals } = readArguments('load', args, options);
    const name = onePositional('load', 'load', positionals);
    const seed = wholeNumber('--seed', values.seed, 0);
    const settings = [...values.set.map(parseSetting), ...durationSetting(values.duration)];
    const project = await loadProject(process.cwd());
    const load = chooseLoad(process.cwd(), name, project);
    const asked = { load, seed, settings, faults: values.fault, isCompared: values.compare, project };
    const { request, ...plan } = planLoad({ ...asked, ...(isFile(name) ? { file: name } : {}) });
    const variant = variantCalled(project.target, values.defect);
    const lie = lieCalled(values.lie);
    const composed = { ...(variant === undefined ? {} : { variant }), ...(lie === undefined ? {} : { lie }) };
    const k6 = await needProgram('k6');
    const run: Omit<LoadRun, 'runId' | 'folder'> = {
      ...plan,
      request: { ...request, ...composed },
      k6,
      script: load.script,
      env: environment(),
    };
    const { verdict } = await inLab(
      project,
      embedded,
      (lab) =>
        reportOn(`${load.id}, seed ${seed}`, values.json, 'all', (told, { id, path }) =>
          runLoad(lab, { ...run, runId: id, folder: path }, { told }),
        ),
      cashierDoors,
    );
    return exitCodeOf(verdict.finding);
  },
};
