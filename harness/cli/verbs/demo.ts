/** `topple demo` (`npm start`): what holds, and what it looks like when it does not. */
import { exitCodes } from '../../exit-codes.ts';
import type { Finding } from '../../run/audit.ts';
import type { Lab } from '../../run/run-scenario.ts';
import { exitCodeOf, worstOf } from '../../run/verdict.ts';
import type { Scenario } from '../../scenario.ts';
import { embedded } from '../../worlds/embedded.ts';
import { readArguments, wholeNumber } from '../arguments.ts';
import { inLab } from '../compose.ts';
import { loadProject } from '../load-config.ts';
import { scenarioCalled } from '../lookup.ts';
import type { Verb } from '../verb.ts';
import { runAndReport } from './run.ts';

/** Five situations that every such system meets; all scenarios take a minute longer. */
export const shownFirst: readonly string[] = [
  'duplicate-webhooks',
  'lost-webhook',
  'confirm-race',
  'lost-grant-answer',
  'forged-webhooks',
];
const shown = { scenario: 'duplicate-webhooks', defect: 'credit-without-dedup', breaks: 'no-double-credit' } as const;

/** Runs the scenario against the defect; true when books and alert both told. */
const catchDefect = async (lab: Lab, scenario: Scenario, seed: number): Promise<boolean> => {
  console.log(`Now the same service with the defect ${shown.defect}, as many are built:\n`);
  const request = { scenario, seed, settings: [], variant: shown.defect };
  const { testimonies } = await runAndReport(lab, request, false);
  const isCaught = testimonies.some(
    ({ audit, agreement }) => audit.invariant.id === shown.breaks && agreement === 'caught',
  );
  console.log(`\nThe defect was ${isCaught ? 'caught by the books and by its alert' : 'not caught'}.`);
  return isCaught;
};

/** The verb `demo`. */
export const verb: Verb = {
  usage: '[--all] [--seed N]',
  summary:
    'Runs a few scenarios (--all: every one) against the system, then one against a service that credits without ' +
    'looking.',
  run: async (args) => {
    const options = { all: { type: 'boolean', default: false }, seed: { type: 'string', default: '1' } } as const;
    const { values } = readArguments('demo', args, options);
    const seed = wholeNumber('--seed', values.seed, 0);
    const project = await loadProject(process.cwd());
    const { target } = project;
    const few = project.scenarios.filter(({ id }) => shownFirst.includes(id));
    const scenarios = values.all || few.length === 0 ? project.scenarios : few;
    return inLab(project, embedded, async (lab) => {
      const findings: Finding[] = [];
      for (const scenario of scenarios) {
        findings.push((await runAndReport(lab, { scenario, seed, settings: [] }, false)).verdict.finding);
        console.log();
      }
      const held = findings.filter((finding) => finding === 'holds').length;
      console.log(`${target.id} held in ${held} of ${findings.length} scenarios.\n`);
      // A system of the user's own has no such defect to show.
      const hasDefect = target.variants.some(({ id }) => id === shown.defect);
      const isCaught = hasDefect ? await catchDefect(lab, scenarioCalled(project, shown.scenario), seed) : true;
      const sound = worstOf(findings);
      return sound === 'holds' && !isCaught ? exitCodes.violated : exitCodeOf(sound);
    });
  },
};
