/** Scenario and seed become a plan: every decision is made here, before anything runs. Pure. */
import { errors } from '../errors.ts';
import { narrowed, type Ranges } from '../params.ts';
import type { Provider } from '../provider.ts';
import { between, formatRange, type Range } from '../range.ts';
import type { Scenario } from '../scenario.ts';
import { type Random, randomFrom } from '../seed.ts';
import { type PlannedOrder, type PlannedTraffic, trafficOf } from '../workload.ts';
import { type Detour, rerouted } from './reroute.ts';

/** One `--set owner.param=value`; `owner` is a fault or the workload of the scenario. */
export interface RangeSetting {
  readonly owner: string;
  readonly param: string;
  readonly range: Range;
}

/** What can be set of a run: a range of its scenario, or the way of its orders. */
export type Setting = RangeSetting | Detour;

/** As it is written behind `--set`. */
export const settingText = (setting: Setting): string =>
  `${setting.owner}.${setting.param}=${'range' in setting ? formatRange(setting.range) : setting.name}`;

const rangesIn = (settings: readonly Setting[]): readonly RangeSetting[] =>
  settings.filter((setting) => 'range' in setting);

/** A run with every choice made that can be made beforehand. */
export interface RunPlan {
  readonly scenario: Scenario;
  readonly seed: number;
  readonly random: Random;
  readonly traffic: PlannedTraffic;
}

const detourIn = (text: string, providers: Providers): Detour | undefined => {
  const [, param, name = ''] = /^orders\.(payment|cloud|currency)=([A-Za-z0-9/ {}._-]+)$/.exec(text) ?? [];
  if (param === undefined) return undefined;
  if (param === 'currency') return { owner: 'orders', param, name };
  // One without steps is asked for nothing by the system under test.
  const serving = Object.values(providers).filter(({ serves, steps }) => serves === param && steps !== undefined);
  const [id = '', ...operation] = name.split('/');
  const provider = serving.find((one) => one.id === id);
  const kind = param === 'payment' ? 'payment provider' : 'cloud';
  if (provider === undefined)
    throw errors.unknownName(
      kind,
      id,
      serving.map((one) => one.id),
    );
  const grants = (provider.steps ?? []).filter(({ step }) => step === 'grant').map((one) => one.operation);
  const grantBy = operation.join('/');
  if (grantBy !== '' && !grants.includes(grantBy)) throw errors.unknownName(`grant of ${id}`, grantBy, grants);
  const taken = { owner: 'orders', param: param as 'payment' | 'cloud', name, provider } as const;
  return grantBy === '' ? taken : { ...taken, grantBy };
};

/** The providers that an order may be sent to, by id. */
export type Providers = Readonly<Record<string, Provider>>;

/**
 * Reads `fault.param=3`, `fault.param=2..5`, or the way of the orders: `orders.payment=stripe`, `orders.currency=USD`,
 * `orders.cloud=alibaba-cloud`. Throws the usage error when it is none of them.
 */
export const settingReader =
  (providers: Providers) =>
  (text: string): Setting => {
    const detour = detourIn(text, providers);
    if (detour !== undefined) return detour;
    const match = /^([a-z0-9-]+)\.([A-Za-z]+)=(\d+)(?:\.\.(\d+))?$/.exec(text);
    const [, owner, param, min, max = min] = match ?? [];
    const isRange = owner !== undefined && param !== undefined && Number(max) >= Number(min);
    if (!isRange || owner === 'orders') throw errors.badSetting(text);
    return { owner, param, range: between(Number(min), Number(max)) };
  };

const overridden = (owner: string, allowed: Ranges, ranges: Ranges, settings: readonly RangeSetting[]): Ranges => {
  const own = settings.filter((setting) => setting.owner === owner);
  const set = Object.fromEntries(own.map(({ param, range }) => [param, range]));
  return narrowed(owner, allowed, { ...ranges, ...set });
};

/** The scenario with the settings applied; a setting that names nothing in it is answered with what it has. */
export const withSettings = (given: Scenario, settings: readonly Setting[]): Scenario => {
  const scenario = rerouted(
    given,
    settings.filter((setting) => 'name' in setting),
  );
  const ranged = rangesIn(settings);
  const { workload, faults } = scenario;
  const owners = [...new Set([...faults.map(({ fault }) => fault.id), workload.workload.id])];
  const stray = ranged.find(({ owner }) => !owners.includes(owner));
  if (stray)
    throw errors.unknownName(
      `fault or workload of ${scenario.id}`,
      stray.owner,
      owners,
      `\`topple explain ${scenario.id}\``,
    );
  return {
    ...scenario,
    workload: {
      ...workload,
      ranges: overridden(workload.workload.id, workload.workload.params, workload.ranges, ranged),
    },
    faults: faults.map((planned) => ({
      ...planned,
      ranges: overridden(planned.fault.id, planned.fault.params, planned.ranges, ranged),
    })),
  };
};

/**
 * The wallets take the ways of the scenario in turn, and each keeps its own: a wallet has one currency. Nothing is
 * drawn for it, so that all else stays the same.
 */
const onTheirWays = (traffic: PlannedTraffic, { id, providers, routes = [] }: Scenario): PlannedTraffic => {
  if (routes.length === 0) return traffic;
  const known = providers.map((provider) => provider.id);
  const stray = routes.flatMap(({ payment, cloud }) => [payment, cloud]).find((named) => !known.includes(named));
  if (stray !== undefined) throw errors.unknownName(`provider of ${id}`, stray, known);
  const wallets = [...new Set(traffic.batches.flat().map(({ wallet }) => wallet))];
  const ways = new Map(wallets.map((wallet, index) => [wallet, routes[index % routes.length]]));
  const sent = (order: PlannedOrder): PlannedOrder => {
    const via = ways.get(order.wallet);
    return via === undefined ? order : { ...order, currency: via.currency, via };
  };
  return { batches: traffic.batches.map((batch) => batch.map(sent)) };
};

/** Makes the plan of a run; equal arguments make equal plans on every machine. */
export const planRun = (scenario: Scenario, seed: number, settings: readonly Setting[] = []): RunPlan => {
  const planned = withSettings(scenario, settings);
  const random = randomFrom(`${scenario.id}/${seed}`);
  const traffic = onTheirWays(trafficOf(planned.workload, random.fork('workload')), planned);
  return { scenario: planned, seed, random, traffic };
};
