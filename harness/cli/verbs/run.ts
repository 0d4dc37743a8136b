/** `topple run`: one scenario, a verdict, an exit code. */
import { systemClock } from '../../clock.ts';
import { dropJournal, openJournal, writeJournal } from '../../report/journal.ts';
import { toJson, verdictDocument } from '../../report/json.ts';
import { terminalReport } from '../../report/terminal.ts';
import type { Finding } from '../../run/audit.ts';
import { parseSetting, withSettings } from '../../run/plan.ts';
import type { RunRequest, RunResult } from '../../run/result.ts';
import { type Lab, runScenario } from '../../run/run-scenario.ts';
import { exitCodeOf, worstOf } from '../../run/verdict.ts';
import { embedded } from '../../worlds/embedded.ts';
import { onePositional, readArguments, wholeNumber } from '../arguments.ts';
import { inLab } from '../compose.ts';
import { loadTarget } from '../load-config.ts';
import { lieCalled, scenarioCalled, variantCalled } from '../lookup.ts';
import type { Verb } from '../verb.ts';

const options = {
  seed: { type: 'string', default: '1' },
  set: { type: 'string', multiple: true, default: [] as string[] },
  defect: { type: 'string' },
  lie: { type: 'string' },
  repeat: { type: 'string', default: '1' },
  json: { type: 'boolean', default: false },
} as const;

/** Runs once, writes the journal, and prints the report (or one line of JSON). */
export const runAndReport = async (lab: Lab, request: RunRequest, asJson: boolean): Promise<RunResult> => {
  const journal = openJournal(process.cwd(), systemClock.nowMs());
  const result = await runScenario(lab, request).catch((error: unknown) => {
    dropJournal(journal);
    throw error;
  });
  writeJournal(journal, result);
  console.log(asJson ? toJson(verdictDocument(result, journal.id)) : terminalReport(result, journal.id));
  return result;
};

/** The verb `run`. */
export const verb: Verb = {
  usage: 'SCENARIO [--seed N] [--set OWNER.PARAM=VALUE]… [--defect ID] [--lie ID] [--repeat N] [--json]',
  summary: 'Runs one scenario against the system and judges it; --repeat runs the seeds N, N+1, …',
  run: async (args) => {
    const { values, positionals } = readArguments('run', args, options);
    const scenario = scenarioCalled(onePositional('run', 'scenario', positionals));
    const seed = wholeNumber('--seed', values.seed, 0);
    const repeat = wholeNumber('--repeat', values.repeat, 1);
    const settings = values.set.map(parseSetting);
    withSettings(scenario, settings); // refuses what cannot be set before anything is started
    const target = await loadTarget(process.cwd());
    const variant = variantCalled(target, values.defect);
    const lie = lieCalled(values.lie);
    const requests = Array.from({ length: repeat }, (_, index): RunRequest => {
      return {
        scenario,
        seed: seed + index,
        settings,
        ...(variant === undefined ? {} : { variant }),
        ...(lie === undefined ? {} : { lie }),
      };
    });
    const findings = await inLab(target, embedded, async (lab) => {
      const found: Finding[] = [];
      for (const request of requests) found.push((await runAndReport(lab, request, values.json)).verdict.finding);
      return found;
    });
    return exitCodeOf(worstOf(findings));
  },
};
