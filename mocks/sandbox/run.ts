/** Asks vendors and mocks the same, and tells where their answers differ. */
import type { Clock } from '#harness/clock';
import { type ExitCode, exitCodes } from '#harness/exit-codes';
import { noFaults } from '#harness/provider';
import { type Random, randomFrom } from '#harness/seed';
import { openSocketDoor } from '../doors/socket.ts';
import { providers } from '../index.ts';
import { type Contract, type Credentials, type Environment, NoAnswer, type Side, Unusable } from './contract.ts';
import { type Difference, differencesOf, isOnlyVendors } from './differences.ts';
import { openPlaceholders } from './placeholders.ts';

/** How the contracts are run. */
export interface RunOptions {
  readonly contracts: readonly Contract[];
  readonly env: Environment;
  /** Prose counts as well, and so does what only the vendor says. */
  readonly isStrict: boolean;
  readonly wall: Clock;
  readonly print: (line: string) => void;
}

/** `skipped` without credentials, `refused` with unusable ones, `unreached` when nobody answered. */
type Outcome = 'same' | 'different' | 'skipped' | 'refused' | 'unreached';

/** Lines without any credential in them. */
const discreet = (print: (line: string) => void, credentials: Credentials): ((line: string) => void) => {
  const secrets = Object.values(credentials).flatMap((one) => [one, ...one.split('\n')]);
  const long = secrets.filter((one) => one.length > 8).sort((a, b) => b.length - a.length);
  return (line) => print(long.reduce((text, secret) => text.replaceAll(secret, '{credential}'), line));
};

const shown = (value: Difference['mock']): string => (value === undefined ? 'nothing' : JSON.stringify(value));

/** Tells of one call; whether it ended alike. */
const tell = (name: string, all: readonly Difference[], { isStrict, print }: RunOptions): boolean => {
  const differing = isStrict ? all : all.filter((one) => !isOnlyVendors(one));
  const more = all.filter((one) => !differing.includes(one)).map(({ path }) => path);
  print(`  ${differing.length === 0 ? 'same     ' : 'DIFFERENT'}  ${name}`);
  for (const { path, vendor, mock } of differing)
    print(`             ${path || 'all of it'}: vendor ${shown(vendor)}, mock ${shown(mock)}`);
  if (more.length > 0) print(`             the vendor alone has ${more.join(', ')}`);
  return differing.length === 0;
};

/** Asks both sides each call in turn; how many calls differ. */
const ask = async (contract: Contract, vendor: Side, mock: Side, options: RunOptions): Promise<number> => {
  const run = `topple${Math.trunc(options.wall.nowMs()).toString(36)}`;
  const open = (side: Side) => ({
    calls: contract.calls(side, run, options.wall),
    read: openPlaceholders(contract.rules, { run, ...side.credentials }, options.isStrict),
  });
  const [theirs, ours] = [open(vendor), open(mock)];
  let differing = 0;
  for (const [name, askVendor] of Object.entries(theirs.calls)) {
    const said = theirs.read(await askVendor());
    const saidByMock = ours.read(await ours.calls[name]?.());
    if (!tell(name, differencesOf(said, saidByMock), options)) differing += 1;
  }
  return differing;
};

/** Compares one vendor with its mock, which is opened for that and closed again. */
const compare = async (contract: Contract, vendor: Side, random: Random, options: RunOptions): Promise<Outcome> => {
  const { wall, print } = options;
  const deliver = async () => ({ status: 0, body: '' });
  const provider = providers[contract.id].open({ clock: wall, wall, random, site: noFaults, deliver });
  const door = await openSocketDoor(provider);
  const mock = { url: door.url, credentials: contract.issued(provider.identity) };
  try {
    await contract.introduce(vendor);
    const differing = await ask(contract, vendor, mock, options);
    print(`${contract.id}: ${differing === 0 ? 'same' : `${differing} calls are DIFFERENT`}; left out, and why:`);
    for (const line of contract.leftOut) print(`  ${line}`);
    return differing === 0 ? 'same' : 'different';
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    print(`${contract.id}: NO ANSWER from ${vendor.url}: ${error.message}`);
    return 'unreached';
  } finally {
    provider.stop();
    await door.close();
  }
};

const runOne = async (contract: Contract, options: RunOptions): Promise<Outcome> => {
  const { env, print } = options;
  const { id, variables, sandboxUrl, urlVariable } = contract;
  const missing = variables.filter(({ name, isOptional }) => !isOptional && !env[name]);
  if (missing.length > 0) {
    print(`${id}: SKIPPED, because these variables are not set:`);
    for (const { name, means } of missing) print(`  ${name}: ${means}`);
    return 'skipped';
  }
  const url = (env[urlVariable] || sandboxUrl).replace(/\/$/, '');
  try {
    if (!URL.canParse(url)) throw new Unusable(urlVariable, 'it is no whole address');
    const credentials = contract.read(env, url);
    const quiet = { ...options, print: discreet(print, credentials) };
    quiet.print(`${id}: the same calls to ${url} and to the mock`);
    return await compare(contract, { url, credentials }, randomFrom(`sandbox ${id}`), quiet);
  } catch (error) {
    if (!(error instanceof Unusable)) throw error;
    print(`${id}: REFUSED ${error.variable}: ${error.message}`);
    return 'refused';
  }
};

/**
 * Runs every contract that has its credentials. Violated: a call ended differently. Usage: a credential is not one of a
 * test environment. Environment: a vendor did not answer. Unknown: nothing was compared. Pass: all of that is the same.
 */
export const runContracts = async (options: RunOptions): Promise<ExitCode> => {
  const outcomes: Outcome[] = [];
  for (const contract of options.contracts) outcomes.push(await runOne(contract, options));
  if (outcomes.includes('different')) return exitCodes.violated;
  if (outcomes.includes('refused')) return exitCodes.usage;
  if (outcomes.includes('unreached')) return exitCodes.environment;
  return outcomes.includes('same') ? exitCodes.pass : exitCodes.unknown;
};
