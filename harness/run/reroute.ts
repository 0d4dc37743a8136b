/** Takes the orders of a scenario another way: other providers, and the same faults at their counterparts. */
import { errors } from '../errors.ts';
import { link, type PlannedFault } from '../fault.ts';
import type { Provider } from '../provider.ts';
import { operationFor, type Route } from '../route.ts';
import type { Scenario } from '../scenario.ts';

/** One `--set orders.payment=…`, `orders.cloud=…` or `orders.currency=…`; `name` is what was written. */
export type Detour =
  | {
      readonly owner: 'orders';
      readonly param: 'payment' | 'cloud';
      readonly name: string;
      readonly provider: Provider;
      /** The operation by which a cloud grants, where it was named: behind the cloud and a slash. */
      readonly grantBy?: string;
    }
  | { readonly owner: 'orders'; readonly param: 'currency'; readonly name: string };

/** A detour to another provider. */
type Taken = Extract<Detour, { readonly provider: Provider }>;

/** Who is asked now for what was asked of whom before. */
type Swaps = ReadonlyMap<string, readonly [Provider, Provider]>;

const operationAt = (operation: string, [from, to]: readonly [Provider, Provider], { currency, grantBy }: Route) => {
  const step = from.steps?.find((one) => one.operation === operation)?.step;
  const counterpart =
    step === 'grant' && grantBy !== undefined && to.serves === 'cloud'
      ? grantBy
      : step && operationFor(to, step, currency);
  if (counterpart === undefined) throw errors.noCounterpart(operation, from.id, to.id);
  return counterpart;
};

/** Where a fault acts now: at the same step, or on the link that leads to or from the provider in the other's place. */
const placeAt = (at: PlannedFault['at'], swaps: Swaps, route: Route): PlannedFault['at'] => {
  for (const [id, swap] of swaps) {
    const [from, to] = swap;
    if (at.id === link('service', id).id) return { ...at, ...link('service', to.id) };
    if (at.id === link(id, 'service').id) return { ...at, ...link(to.id, 'service') };
    const isThere = at.id === id || from.operations.includes(at.operation ?? '');
    if (!isThere) continue;
    const place = at.id === id ? { ...at, id: to.id } : at;
    return at.operation === undefined ? place : { ...place, operation: operationAt(at.operation, swap, route) };
  }
  return at;
};

/** The provider that the last detour of its kind names; undefined where none does. */
const chosen = (detours: readonly Detour[], serves: Provider['serves']): Taken | undefined =>
  detours.findLast((detour) => 'provider' in detour && detour.param === serves) as Taken | undefined;

const firstOf = ({ providers }: Scenario, serves: Provider['serves']): string =>
  providers.find((one) => one.serves === serves)?.id ?? '';

/** The ways of the scenario, each with what `detours` name in place of its own, and none of them twice. */
const routesOf = (scenario: Scenario, detours: readonly Detour[]): readonly Route[] => {
  const own = { payment: firstOf(scenario, 'payment'), cloud: firstOf(scenario, 'cloud'), currency: 'CNY' };
  const [payment, cloud] = [chosen(detours, 'payment'), chosen(detours, 'cloud')];
  const currency = detours.findLast(({ param }) => param === 'currency')?.name;
  const taken = (scenario.routes ?? [own]).map((route: Route): Route => {
    const grantBy = cloud === undefined ? route.grantBy : cloud.grantBy;
    return {
      payment: payment?.provider.id ?? route.payment,
      cloud: cloud?.provider.id ?? route.cloud,
      ...(grantBy !== undefined && { grantBy }),
      currency: currency ?? route.currency,
    };
  });
  return [...new Map(taken.map((route) => [JSON.stringify(route), route])).values()];
};

/** A provider on the way that does not have the currency asked of it, and which it has. */
const gapOn = (providers: readonly Provider[], { payment, cloud, grantBy, currency }: Route) => {
  for (const { id, steps = [] } of providers) {
    if (id !== payment && id !== cloud) continue;
    const paying = steps.filter(
      ({ step, operation }) =>
        step.endsWith('payment') || (step === 'grant' && (grantBy === undefined || operation === grantBy)),
    );
    const known = [...new Set(paying.flatMap(({ currencies = [] }) => currencies))];
    const name = id === cloud && grantBy !== undefined ? `${grantBy} of ${id}` : id;
    if (known.length > 0 && !known.includes(currency)) return { name, asked: currency, known };
  }
  return undefined;
};

/** The ways whose providers all have the currency; throws `other-currency` when there is none. */
const passable = (providers: readonly Provider[], routes: readonly Route[]): readonly Route[] => {
  const gaps = routes.map((route) => gapOn(providers, route));
  const [first] = gaps;
  if (first !== undefined && !gaps.includes(undefined))
    throw errors.otherCurrency(first.name, first.asked, first.known);
  return routes.filter((_, index) => gaps[index] === undefined);
};

/** Whether no order comes by: the provider is on no way, or each way there is granted by another operation. */
const isPassedBy = (
  { id, operation }: PlannedFault['at'],
  providers: readonly Provider[],
  routes: readonly Route[],
): boolean => {
  const there = providers.find((one) => [one.id, link('service', one.id).id, link(one.id, 'service').id].includes(id));
  if (there === undefined) return false;
  const ways = routes.filter(({ payment, cloud }) => payment === there.id || cloud === there.id);
  const isGrant = there.steps?.some((one) => one.step === 'grant' && one.operation === operation) ?? false;
  return ways.every(({ grantBy = operation }) => isGrant && grantBy !== operation);
};

/** `planned` without those that have become the same fault at the same place. */
const distinct = (planned: readonly PlannedFault[]): readonly PlannedFault[] => {
  // A provider may stand for its place, with all that it is.
  const keyOf = ({ fault, at, ranges, during }: PlannedFault) =>
    JSON.stringify([fault.id, at.id, at.operation, ranges, during]);
  return [...new Map(planned.map((one) => [keyOf(one), one])).values()];
};

/**
 * The scenario with its orders on the ways that `detours` name. Of a scenario's own ways those are left whose providers
 * share a currency then, and faults where no order comes by are left out. Throws `other-currency` where nobody could
 * pay or be granted anything, and `no-counterpart` where a fault has no place.
 */
export const rerouted = (scenario: Scenario, detours: readonly Detour[]): Scenario => {
  if (detours.length === 0) return scenario;
  const swaps = new Map<string, readonly [Provider, Provider]>();
  for (const detour of detours) {
    if (detour.param === 'currency') continue;
    for (const from of scenario.providers) {
      if (from.serves === detour.provider.serves) swaps.set(from.id, [from, detour.provider]);
    }
  }
  const known = [...new Set(scenario.providers.map((one) => swaps.get(one.id)?.[1] ?? one))];
  const routes = passable(known, routesOf(scenario, detours));
  const providers = known.filter(({ id }) => routes.some(({ payment, cloud }) => payment === id || cloud === id));
  const [first] = routes as [Route];
  const faults = scenario.faults
    .map((planned) => ({ ...planned, at: placeAt(planned.at, swaps, first) }))
    .filter(({ at }) => !isPassedBy(at, known, routes));
  return { ...scenario, providers, faults: distinct(faults), routes };
};
