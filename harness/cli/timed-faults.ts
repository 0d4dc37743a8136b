/** Faults with a time of their own: `--fault provider-down@30s..60s`, and the outage of a load. */
import { errors } from '../errors.ts';
import { type FaultDefinition, link, type PlannedFault, type Window } from '../fault.ts';
import { faults } from '../faults/index.ts';
import { providerDown } from '../faults/provider-down.ts';
import type { Load } from '../load.ts';
import { loadErrors } from '../load-errors.ts';
import { parseDurationMs } from '../observe/duration.ts';
import { narrowed } from '../params.ts';
import { exactly } from '../range.ts';
import { armFaults } from '../run/fault-sites.ts';
import type { Setting } from '../run/plan.ts';
import type { Scenario } from '../scenario.ts';
import { randomFrom } from '../seed.ts';
import type { Target } from '../target.ts';

/** A fault as it was asked for. */
interface Asked {
  readonly id: string;
  /** Left out: the link to the payment provider. */
  readonly linkName?: string;
  readonly window: Window;
}

const parse = (text: string): Asked => {
  const [, id, linkName, from = '', to = ''] = /^([a-z0-9-]+)(?::([a-z0-9-]+))?@(\w+)\.\.(\w+)$/.exec(text) ?? [];
  const [afterMs, untilMs] = [parseDurationMs(from), parseDurationMs(to)];
  if (id === undefined || afterMs === undefined || untilMs === undefined || untilMs <= afterMs)
    throw loadErrors.badTimedFault(text);
  const window = { afterMs, lengthMs: untilMs - afterMs };
  return { id, window, ...(linkName === undefined ? {} : { linkName }) };
};

/** A fault that brings its own window names it by these parameters. */
const rangesOfWindow = ({ afterMs, lengthMs }: Window) => ({ afterMs: exactly(afterMs), downMs: exactly(lengthMs) });

const planned = (
  fault: FaultDefinition<string>,
  linkName: string,
  window: Window,
  settings: readonly Setting[],
): PlannedFault => {
  const own = settings.flatMap((setting) =>
    'range' in setting && setting.owner === fault.id ? [[setting.param, setting.range] as const] : [],
  );
  const timed = Object.entries(rangesOfWindow(window)).filter(([param]) => fault.params[param] !== undefined);
  const ranges = narrowed(fault.id, fault.params, Object.fromEntries([...timed, ...own]));
  return { fault, at: { id: linkName }, ranges, hitsMin: 1, during: window };
};

/** Whether it acts by a toxic; nothing else can be added to a link and removed again. */
const isSwitchable = (fault: FaultDefinition<string>): boolean =>
  armFaults([{ fault, at: { id: 'any' }, ranges: fault.params, hitsMin: 1 }], randomFrom(0)).toxics.length > 0;

const paymentLinkOf = ({ providers }: Pick<Scenario, 'providers'>): string =>
  link('service', providers.find(({ serves }) => serves === 'payment')?.id ?? '').id;

const linksOf = ({ providers }: Pick<Scenario, 'providers'>, { roles }: Target): readonly string[] => [
  ...providers.map(({ id }) => link('service', id).id),
  ...providers.filter(({ serves }) => serves === 'payment').map(({ id }) => link(id, 'service').id),
  ...['api-role', 'webhook-role', ...roles].map((role) => link(role, 'postgres').id),
];

/**
 * Plans what `--fault` asks for. Throws the errors of usage for a fault or a link that does not exist, a fault that
 * cannot be switched, and parameters that neither the window nor `settings` name.
 */
export const timedFault = (
  text: string,
  scenario: Pick<Scenario, 'providers'>,
  target: Target,
  settings: readonly Setting[],
): PlannedFault => {
  const { id, linkName = paymentLinkOf(scenario), window } = parse(text);
  const fault = faults.find((known) => known.id === id);
  const switchable = faults.filter(isSwitchable);
  if (fault === undefined)
    throw errors.unknownName(
      'fault',
      id,
      switchable.map((known) => known.id),
    );
  if (!switchable.includes(fault))
    throw loadErrors.notOnLink(
      id,
      switchable.map((known) => known.id),
    );
  const links = linksOf(scenario, target);
  if (!links.includes(linkName)) throw errors.unknownName('link', linkName, links);
  return planned(fault, linkName, window, settings);
};

/** The outage of a load that lasts `seconds`; none where it has none. */
export const outageOf = ({ outage }: Load, seconds: number): readonly PlannedFault[] => {
  if (outage === undefined) return [];
  const [afterMs, untilMs] = [outage.fromPercent, outage.untilPercent].map((percent) => percent * seconds * 10) as [
    number,
    number,
  ];
  const window = { afterMs, lengthMs: untilMs - afterMs };
  return [planned(providerDown, outage.at.id, window, [])];
};
