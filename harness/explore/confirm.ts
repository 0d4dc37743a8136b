/** A finding counts once its choices, made again on new tables, gave the same rows and errors to the byte. */
import { ToppleError } from '../errors.ts';
import { type Exploration, type RecordedWorld, repeatWorld } from './exploration.ts';

const confirmations = 3;

/** Repeats the world three times; undefined when each repetition was equal to it, else what differed. */
export const confirm = async (exploration: Exploration, world: RecordedWorld): Promise<string | undefined> => {
  for (let nth = 1; nth <= confirmations; nth += 1) {
    try {
      const { digest, fingerprint } = await repeatWorld(exploration, world);
      if (digest !== world.digest) return `repetition ${nth} had other rows: digest ${digest}, not ${world.digest}`;
      const [told, then] = [fingerprint.join(', '), world.fingerprint.join(', ')];
      if (told !== then) return `repetition ${nth} had another finding: ${told}, not ${then}`;
    } catch (error) {
      if (error instanceof ToppleError && error.code === 'choices-differ') return error.message;
      throw error;
    }
  }
  return undefined;
};
