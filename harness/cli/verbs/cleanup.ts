/** `topple cleanup`: finds and removes what killed runs left on this machine. */
import { errors } from '../../errors.ts';
import { exitCodes } from '../../exit-codes.ts';
import { leftLeases, sweepLeftovers } from '../../worlds/embedded/lease.ts';
import { readArguments } from '../arguments.ts';
import type { Verb } from '../verb.ts';

const options = {
  'dry-run': { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const;

/** The verb `cleanup`. */
export const verb: Verb = {
  usage: '[--dry-run] [--json]',
  summary: 'Removes what killed runs left: processes, folders, shared memory. Never touches a run that is alive.',
  run: async (args) => {
    const { values } = readArguments('cleanup', args, options);
    const found = await leftLeases();
    if (values['dry-run']) {
      const lines = found.length === 0 ? ['nothing is left of killed runs'] : found.map((dir) => `left: ${dir}`);
      console.log(values.json ? JSON.stringify({ left: found }) : lines.join('\n'));
      return exitCodes.pass;
    }
    const { leases, processes, stuck } = await sweepLeftovers();
    const removed = found.filter((dir) => !stuck.includes(dir));
    if (values.json) console.log(JSON.stringify({ removed, processes, stuck }));
    else {
      for (const dir of removed) console.log(`removed: ${dir}`);
      console.log(
        leases === 0 ? 'nothing was left of killed runs' : `removed ${leases} runs and ${processes} processes`,
      );
    }
    if (stuck.length > 0) throw errors.leftoversStuck(stuck);
    return exitCodes.pass;
  },
};
