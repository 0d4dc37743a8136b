/** Checks of values that came out of a user's file, whose types nobody has checked. */

/** What is wrong with a value, as the rest of a sentence that begins with its place; undefined when nothing is. */
export type Check = (value: unknown) => string | undefined;

/** An object of unknown members. */
export type Loose = Readonly<Record<string, unknown>>;

/** Whether members may be read; functions are none, although they can have some. */
export const isObject = (value: unknown): value is Loose => typeof value === 'object' && value !== null;

/** An object of any shape. */
export const object: Check = (value) => (isObject(value) ? undefined : 'is not an object');
/** An array of anything. */
export const list: Check = (value) => (Array.isArray(value) ? undefined : 'is not an array');
/** A function of any kind. */
export const callable: Check = (value) => (typeof value === 'function' ? undefined : 'is not a function');
/** A text that is not empty. */
export const text: Check = (value) => (typeof value === 'string' && value !== '' ? undefined : 'is not a text');

/** A finite number above 0; `unit` is what it counts. */
export const positive =
  (unit: string): Check =>
  (value) =>
    typeof value === 'number' && value > 0 && value < Infinity ? undefined : `is not a number of ${unit} above 0`;

/** One of `known`; the problem lists them. */
export const oneOf = (value: unknown, known: readonly unknown[]): string | undefined =>
  known.includes(value) ? undefined : `is ${JSON.stringify(value)}, not one of: ${known.join(', ')}`;

/** The problems of the members of `holder`, each of which begins with `place` and the member's name. */
export const memberProblems = (place: string, holder: Loose, members: Readonly<Record<string, Check>>): string[] =>
  Object.entries(members).flatMap(([name, check]) => {
    const problem = holder[name] === undefined ? 'is missing' : check(holder[name]);
    return problem === undefined ? [] : [`${place}.${name} ${problem}`];
  });
