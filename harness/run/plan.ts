/** Scenario and seed become a plan: every decision is made here, before anything runs. Pure. */
import { errors } from '../errors.ts';
import { narrowed, type Ranges } from '../params.ts';
import { between, type Range } from '../range.ts';
import type { Scenario } from '../scenario.ts';
import { type Random, randomFrom } from '../seed.ts';
import { type PlannedTraffic, trafficOf } from '../workload.ts';

/** One `--set owner.param=value`; `owner` is a fault or the workload of the scenario. */
export interface Setting {
  readonly owner: string;
  readonly param: string;
  readonly range: Range;
}

/** A run with every choice made that can be made beforehand. */
export interface RunPlan {
  readonly scenario: Scenario;
  readonly seed: number;
  readonly random: Random;
  readonly traffic: PlannedTraffic;
}

/** Reads `fault.param=3` or `fault.param=2..5`; throws the usage error when it is neither. */
export const parseSetting = (text: string): Setting => {
  const match = /^([a-z0-9-]+)\.([A-Za-z]+)=(\d+)(?:\.\.(\d+))?$/.exec(text);
  const [, owner, param, min, max = min] = match ?? [];
  if (owner === undefined || param === undefined || Number(max) < Number(min)) throw errors.badSetting(text);
  return { owner, param, range: between(Number(min), Number(max)) };
};

const overridden = (owner: string, allowed: Ranges, ranges: Ranges, settings: readonly Setting[]): Ranges => {
  const own = settings.filter((setting) => setting.owner === owner);
  const set = Object.fromEntries(own.map(({ param, range }) => [param, range]));
  return narrowed(owner, allowed, { ...ranges, ...set });
};

/** The scenario with the settings applied; a setting that names nothing in it is answered with what it has. */
export const withSettings = (scenario: Scenario, settings: readonly Setting[]): Scenario => {
  const { workload, faults } = scenario;
  const owners = [...new Set([...faults.map(({ fault }) => fault.id), workload.workload.id])];
  const stray = settings.find(({ owner }) => !owners.includes(owner));
  if (stray) throw errors.unknownName(`fault or workload of ${scenario.id}`, stray.owner, owners);
  return {
    ...scenario,
    workload: {
      ...workload,
      ranges: overridden(workload.workload.id, workload.workload.params, workload.ranges, settings),
    },
    faults: faults.map((planned) => ({
      ...planned,
      ranges: overridden(planned.fault.id, planned.fault.params, planned.ranges, settings),
    })),
  };
};

/** Makes the plan of a run; equal arguments make equal plans on every machine. */
export const planRun = (scenario: Scenario, seed: number, settings: readonly Setting[] = []): RunPlan => {
  const planned = withSettings(scenario, settings);
  const random = randomFrom(`${scenario.id}/${seed}`);
  return { scenario: planned, seed, random, traffic: trafficOf(planned.workload, random.fork('workload')) };
};
