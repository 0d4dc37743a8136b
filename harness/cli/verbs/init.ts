/** `topple init`: a scenario, an invariant and a config of the user's own, which run as they are. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { errors } from '../../errors.ts';
import { exitCodes } from '../../exit-codes.ts';
import { readArguments } from '../arguments.ts';
import { commandIn } from '../compose.ts';
import type { Verb } from '../verb.ts';

const starter = fileURLToPath(new URL('../starter/', import.meta.url));

/** The verb `init`. */
export const verb: Verb = {
  usage: '',
  summary: 'Writes a scenario, an invariant and a topple.config.mts into this folder, as a start for your own.',
  run: async (args) => {
    readArguments('init', args, {});
    const folder = process.cwd();
    const names = readdirSync(starter).sort();
    const taken = names.filter((name) => existsSync(join(folder, name)));
    if (taken.length > 0) throw errors.alreadyThere(folder, taken);
    for (const name of names) {
      try {
        writeFileSync(join(folder, name), readFileSync(join(starter, name)), { flag: 'wx' });
      } catch (cause) {
        throw errors.notWritable(folder, cause);
      }
      console.log(`wrote ${name}`);
    }
    const topple = commandIn(folder);
    console.log(`\nRun it:      ${topple} run triple-tap`);
    console.log(`See it fail: ${topple} run triple-tap --defect credit-without-dedup`);
    return exitCodes.pass;
  },
};
