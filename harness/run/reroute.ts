/** Takes the orders of a scenario another way: other providers, and the same faults at their counterparts. */
import { errors } from '../errors.ts';
import type { PlannedFault } from '../fault.ts';
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

/** Links are called after providers: `service-<id>` and `<id>-service`. */
const placeAt = (at: PlannedFault['at'], swaps: Swaps, route: Route): PlannedFault['at'] => {
  for (const [id, swap] of swaps) {
    const [, to] = swap;
    if (at.id === `service-${id}` || at.id === `${id}-service`) return { ...at, id: at.id.replace(id, to.id) };
    const isThere = at.id === id || swap[0].operations.includes(at.operation ?? '');
    if (!isThere) continue;
    const place = at.id === id ? { ...at, id: to.id } : at;
    return at.operation === undefined ? place : { ...place, operation: operationAt(at.operation, swap, route) };
  }
  return at;
};

const routeOf = (scenario: Scenario, detours: readonly Detour[]): Route => {
  const first = (serves: Provider['serves']): string =>
    scenario.providers.find((one) => one.serves === serves)?.id ?? '';
  const chosen = (serves: Provider['serves']) =>
    detours.findLast((detour) => 'provider' in detour && detour.param === serves) as Taken | undefined;
  const cloud = chosen('cloud');
  return {
    payment: chosen('payment')?.provider.id ?? first('payment'),
    cloud: cloud?.provider.id ?? first('cloud'),
    ...(cloud?.grantBy === undefined ? {} : { grantBy: cloud.grantBy }),
    currency: detours.findLast(({ param }) => param === 'currency')?.name ?? 'CNY',
  };
};

/** Throws `other-currency` for a provider on the way that does not have the currency of its orders. */
const demandCurrency = (providers: readonly Provider[], { payment, cloud, grantBy, currency }: Route): void => {
  for (const { id, steps = [] } of providers) {
    if (id !== payment && id !== cloud) continue;
    const paying = steps.filter(
      ({ step, operation }) =>
        step === 'ask for payment' || (step === 'grant' && (grantBy === undefined || operation === grantBy)),
    );
    const known = [...new Set(paying.flatMap(({ currencies = [] }) => currencies))];
    const name = id === cloud && grantBy !== undefined ? `${grantBy} of ${id}` : id;
    if (known.length > 0 && !known.includes(currency)) throw errors.otherCurrency(name, currency, known);
  }
};

/**
 * The scenario with every order on the way that `detours` name. Throws `other-currency` where nobody could pay or be
 * granted anything, and `no-counterpart` where a fault has no place.
 */
export const rerouted = (scenario: Scenario, detours: readonly Detour[]): Scenario => {
  if (detours.length === 0) return scenario;
  const route = routeOf(scenario, detours);
  const swaps = new Map<string, readonly [Provider, Provider]>();
  for (const detour of detours) {
    if (detour.param === 'currency') continue;
    for (const from of scenario.providers) {
      if (from.serves === detour.provider.serves) swaps.set(from.id, [from, detour.provider]);
    }
  }
  const providers = [...new Set(scenario.providers.map((one) => swaps.get(one.id)?.[1] ?? one))];
  demandCurrency(providers, route);
  const faults = scenario.faults.map((planned) => ({ ...planned, at: placeAt(planned.at, swaps, route) }));
  return { ...scenario, providers, faults, routes: [route] };
};
