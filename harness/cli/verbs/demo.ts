/** `topple demo` (`npm start`): what holds, and what it looks like when it does not. */
import { scenarios } from '#scenarios/index';
import { exitCodes } from '../../exit-codes.ts';
import type { Finding } from '../../run/audit.ts';
import { exitCodeOf, worstOf } from '../../run/verdict.ts';
import { embedded } from '../../worlds/embedded.ts';
import { readArguments, wholeNumber } from '../arguments.ts';
import { inLab } from '../compose.ts';
import { loadTarget } from '../load-config.ts';
import { scenarioCalled, variantCalled } from '../lookup.ts';
import type { Verb } from '../verb.ts';
import { runAndReport } from './run.ts';

const shown = { scenario: 'duplicate-webhooks', defect: 'credit-without-dedup' } as const;

/** The verb `demo`. */
export const verb: Verb = {
  usage: '[--seed N]',
  summary: 'Runs every scenario against the sound service, then one against a service that credits without looking.',
  run: async (args) => {
    const { values } = readArguments('demo', args, { seed: { type: 'string', default: '1' } });
    const seed = wholeNumber('--seed', values.seed, 0);
    const target = await loadTarget(process.cwd());
    const defect = variantCalled(target, shown.defect) as string;
    return inLab(target, embedded, async (lab) => {
      const findings: Finding[] = [];
      for (const scenario of scenarios) {
        findings.push((await runAndReport(lab, { scenario, seed, settings: [] }, false)).verdict.finding);
        console.log();
      }
      console.log(`Now the same service with the defect ${defect}, as many are built:\n`);
      const request = { scenario: scenarioCalled(shown.scenario), seed, settings: [], variant: defect };
      const broken = await runAndReport(lab, request, false);
      const caught = broken.testimonies.some(
        ({ audit, agreement }) => audit.invariant.id === 'no-double-credit' && agreement === 'caught',
      );
      const held = findings.filter((finding) => finding === 'holds').length;
      console.log(`\nThe sound service held in ${held} of ${findings.length} scenarios.`);
      console.log(`The defect was ${caught ? 'caught by the books and by its alert' : 'not caught'}.`);
      const sound = worstOf(findings);
      if (sound !== 'holds') return exitCodeOf(sound);
      return caught ? exitCodes.pass : exitCodes.violated;
    });
  },
};
