/** `topple tools`: builds the programs that judge topple or load what it tests, once per version. */
import { findProgram, thisMachine } from '../../binaries/find.ts';
import { type ProgramName, programNames, programs } from '../../binaries/programs.ts';
import { systemClock } from '../../clock.ts';
import { errors } from '../../errors.ts';
import { exitCodes } from '../../exit-codes.ts';
import { sweepCache } from '../../worlds/embedded/cache.ts';
import { readArguments } from '../arguments.ts';
import { buildProgram, findGo } from '../build-program.ts';
import { withResource } from '../cleanup.ts';
import type { Verb } from '../verb.ts';

const isKnown = (name: string): name is ProgramName => Object.hasOwn(programs, name);

/** Those that are asked for, else all; throws the usage error for a name that does not exist. */
const chosen = (names: readonly string[]): readonly ProgramName[] => {
  const unknown = names.find((name) => !isKnown(name));
  if (unknown !== undefined) throw errors.unknownName('program', unknown, programNames);
  return names.length === 0 ? programNames : names.filter(isKnown);
};

/** Builds what is missing; the interruption that `signal` tells of ends it. */
const build = async (missing: readonly ProgramName[], go: string, signal: AbortSignal): Promise<void> => {
  const { cache } = thisMachine();
  await sweepCache(cache);
  for (const [index, name] of missing.entries()) {
    const what = `${name} ${programs[name].version}`;
    console.log(`${what}: building (${index + 1} of ${missing.length}), a minute or two with an empty Go cache`);
    const startMs = systemClock.nowMs();
    const path = await buildProgram(name, { go, cache, signal });
    console.log(`${what}: built in ${Math.round((systemClock.nowMs() - startMs) / 1_000)} s, ${path}`);
  }
};

/** The verb `tools`. */
export const verb: Verb = {
  usage: '[PROGRAM …]',
  summary: `Builds ${programNames.join(', ')} into the cache, as far as they are not here; needs Go.`,
  run: async (args) => {
    const names = chosen(readArguments('tools', args, {}).positionals);
    const missing: ProgramName[] = [];
    for (const name of names) {
      const found = await findProgram(name);
      if (found.path === undefined) missing.push(name);
      else console.log(`${name} ${found.version ?? 'of unknown version'}: here, from ${found.origin}, ${found.path}`);
    }
    if (missing.length === 0) return exitCodes.pass;
    const go = findGo(process.env, missing);
    const giveUp = new AbortController();
    await withResource(
      Promise.resolve(giveUp),
      async () => giveUp.abort(),
      ({ signal }) => build(missing, go, signal),
    );
    return exitCodes.pass;
  },
};
