/** What should happen in some world of a search, or the search did not look where it says it did. */
import type { WorldOutcome } from './one-world.ts';

/** Each mark by a line of a world in which it was met. */
const marks: Readonly<Record<string, RegExp>> = {
  'lock wait': / waits for /,
  'wait behind a waiter': / stays behind /,
  'insert split by its gate': / stands at its gate$/,
  'deadlock victim': /^\S+-\d+ (! 40P01|is a deadlock victim)$/,
  'statement lost': /^\S+-\d+ is lost$/,
  'answer to a statement lost': /^\S+-\d+ loses its answer$/,
  'process died': / dies$/,
  'call not sent': / calls \S+ #\d+ is not sent$/,
  'answer to a call lost': / calls \S+ #\d+ loses its answer$/,
  'call done late': / calls \S+ #\d+ is done late$/,
  'call done twice': / calls \S+ #\d+ is done twice$/,
  'webhook lost': /^webhook .* is lost$/,
  'webhook twice': /^webhook .* is delivered twice$/,
  'answer to a webhook lost': /^webhook .* loses its answer$/,
};

/** All marks that there are. */
export const knownMarks: readonly string[] = Object.keys(marks);

/** The marks that a world met. */
export const marksOf = ({ lines }: Pick<WorldOutcome, 'lines'>): readonly string[] =>
  Object.entries(marks).flatMap(([mark, pattern]) => (lines.some((line) => pattern.test(line)) ? [mark] : []));
