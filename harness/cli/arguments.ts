/** Reading the command line: every problem at once, each with the names that are valid. */
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { errors } from '../errors.ts';

type Options = NonNullable<ParseArgsConfig['options']>;

/** `--seed -1` as `--seed=-1`: a number below zero is a value, and is judged as one. */
const withNumbersJoined = (args: readonly string[], options: Options): string[] =>
  args.flatMap((arg, at) => {
    const takesValue = (before = ''): boolean => before.startsWith('--') && options[before.slice(2)]?.type === 'string';
    const isNumber = (value = ''): boolean => /^-\d/.test(value);
    if (isNumber(arg) && takesValue(args[at - 1])) return [];
    const value = args[at + 1];
    return isNumber(value) && takesValue(arg) ? [`${arg}=${value}`] : [arg];
  });

/** Words such as `-1h`, before a `--` that ends the options: no option has a short name. */
const withOneDash = (args: readonly string[]): readonly string[] => {
  const end = args.indexOf('--');
  return args.slice(0, end < 0 ? args.length : end).filter((arg) => /^-[^-]/.test(arg));
};

/** The options and positionals of a verb; throws the usage error for anything that `options` does not name. */
export const readArguments = <const O extends Options>(verb: string, args: readonly string[], options: O) => {
  const unknown = args
    .filter((arg) => arg.startsWith('--'))
    .map((arg) => arg.slice(2).split('=')[0] as string)
    .filter((name) => name !== '' && options[name] === undefined);
  if (unknown.length > 0) throw errors.unknownOptions(verb, unknown, Object.keys(options));
  const joined = withNumbersJoined(args, options);
  const stray = withOneDash(joined);
  if (stray.length > 0) {
    const problem = `${stray.join(', ')} ${stray.length === 1 ? 'is' : 'are'} neither an option nor the value of one.`;
    throw errors.badArguments(verb, problem, Object.keys(options));
  }
  try {
    return parseArgs({ args: joined, options, allowPositionals: true, strict: true });
  } catch (error) {
    throw errors.badArguments(verb, error instanceof Error ? error.message : String(error), Object.keys(options));
  }
};

/** The first word that is neither an option of `options` nor the value of one, whatever else is wrong. */
export const firstWord = (args: readonly string[], options: Options): string | undefined =>
  parseArgs({ args: withNumbersJoined(args, options), options, allowPositionals: true, strict: false }).positionals[0];

/** A whole number of at least `leastCount`; `name` is the option it came from. */
export const wholeNumber = (name: string, text: string, leastCount: number): number => {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < leastCount)
    throw errors.badNumber(name, text, leastCount);
  return value;
};

/** The only positional of a verb. */
export const onePositional = (verb: string, what: string, positionals: readonly string[]): string => {
  const [first] = positionals;
  if (first === undefined || positionals.length > 1) throw errors.positionals(verb, what, positionals.length);
  return first;
};
