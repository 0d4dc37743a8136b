/** Which harm is weaker than another: the less it withholds from those it strikes, the weaker it is. */
import type { Choices } from '../simulate/choices.ts';

/** Of statements, calls and webhooks, each from the weakest to the strongest. */
const scales: readonly (readonly string[])[] = [
  // Told and undone; then untold and undone; then untold and done; then nobody is left to be told.
  ['is a deadlock victim', 'is lost', 'loses its answer', 'ends with its process'],
  // Told and not done; then untold and done; then done after it was given up; then done once too often.
  ['is not sent', 'loses its answer', 'is done late', 'is done twice'],
  // It came, and more than once; it came, and its sender does not know; it did not come.
  ['is delivered twice', 'loses its answer', 'is lost'],
];

const scaleFor = (choice: string): readonly string[] => {
  const [statements = [], calls = [], webhooks = []] = scales;
  if (/^(webhook |at webhook:)/.test(choice)) return webhooks;
  return / calls \S+( #\d+|:) /.test(choice) ? calls : statements;
};

/** The same choice with each weaker harm, the weakest first; none for the weakest, and for what is no harm. */
export const weakerThan = (choice: string): readonly string[] => {
  const scale = scaleFor(choice);
  const rank = scale.findIndex((harm) => choice.endsWith(` ${harm}`));
  if (rank < 0) return [];
  const subject = choice.slice(0, -(scale[rank] ?? '').length);
  return scale.slice(0, rank).map((harm) => subject + harm);
};

/** These choices with one of `harms` weaker than it is: the weakest of the first harm first. */
export const weakened = (choices: Choices, harms: ReadonlySet<string>): readonly Choices[] =>
  choices.flatMap((choice, index) =>
    harms.has(choice) ? weakerThan(choice).map((weaker) => choices.with(index, weaker)) : [],
  );
