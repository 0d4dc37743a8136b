/** `topple explain NAME`: what a name means, and which parameters it takes in which ranges. */
import { providers } from '#mocks/index';
import { loads } from '#scenarios/load/index';
import { anomalies } from '../../anomalies/index.ts';
import type { Anomaly } from '../../anomaly.ts';
import { errors } from '../../errors.ts';
import { exitCodes } from '../../exit-codes.ts';
import type { FaultDefinition, PlannedFault } from '../../fault.ts';
import { faults } from '../../faults/index.ts';
import { alertNameOf, type Invariant } from '../../invariant.ts';
import type { Load } from '../../load.ts';
import type { Ranges } from '../../params.ts';
import type { Provider } from '../../provider.ts';
import { formatRange } from '../../range.ts';
import { wrapped } from '../../report/plain-text.ts';
import { type Lie, lies } from '../../run/lies.ts';
import type { Scenario } from '../../scenario.ts';
import type { Target, Variant } from '../../target.ts';
import type { WorkloadDefinition } from '../../workload.ts';
import { workloads } from '../../workloads/index.ts';
import { onePositional, readArguments } from '../arguments.ts';
import { loadProject, type Project } from '../load-config.ts';
import type { Verb } from '../verb.ts';

const rangeLines = (owner: string, ranges: Ranges, allowed: Ranges): string[] =>
  Object.entries(ranges).map(([name, range]) => {
    const limit = allowed[name];
    const most = limit === undefined ? '' : `   (may be ${formatRange(limit)})`;
    return `  --set ${owner}.${name}=${formatRange(range)}${most}`;
  });

const faultWords = ({ fault, at }: PlannedFault): string => `${fault.id} at ${at.operation ?? at.id}`;

/** Where the orders of any scenario can be sent instead. */
const detourLines = (): string[] => {
  const all: readonly Provider[] = Object.values(providers);
  const steps = all.flatMap((one) => (one.steps ?? []).map((step) => ({ ...step, id: one.id, serves: one.serves })));
  const payments = steps.filter(({ serves }) => serves === 'payment').map(({ id }) => id);
  const grants = steps.filter(({ step }) => step === 'grant').map(({ id, operation }) => `${id}/${operation}`);
  const may = (names: readonly string[]): string => `(may be ${[...new Set(names)].join(', ')})`;
  return [
    `  --set orders.payment=ID   ${may(payments)}`,
    `  --set orders.cloud=ID/OPERATION, or ID alone   ${may(grants)}`,
    `  --set orders.currency=CODE   ${may(steps.flatMap(({ currencies = [] }) => currencies))}`,
  ];
};

const scenarioLines = (scenario: Scenario): string[] => [
  `scenario ${scenario.id}: ${scenario.hypothesis}`,
  `  covers ${scenario.covers.join(', ')}`,
  `  promises ${scenario.expect.map(({ id }) => id).join(', ')}`,
  `  workload ${scenario.workload.workload.id}, faults: ${scenario.faults.map(faultWords).join(', ')}`,
  ...(scenario.routes ?? []).map(
    ({ payment, cloud, grantBy, currency }) =>
      `  way ${currency} by ${payment} to ${cloud}${grantBy === undefined ? '' : `, ${grantBy}`}`,
  ),
  ...(scenario.overlaps ?? []).map(
    ({ between, ordersMin }) => `  needs ${[...new Set(between)].join(' and ')} to overlap on ${ordersMin} orders`,
  ),
  '  parameters, as they stand:',
  ...rangeLines(scenario.workload.workload.id, scenario.workload.ranges, scenario.workload.workload.params),
  ...scenario.faults.flatMap(({ fault, ranges }) => rangeLines(fault.id, ranges, fault.params)),
  ...detourLines(),
];

const loadLines = ({ outage, ...load }: Load): string[] => {
  const [, ...lines] = scenarioLines(load);
  const away =
    outage && `  ${outage.at.id} is away from ${outage.fromPercent} % to ${outage.untilPercent} % of the time`;
  return [`load ${load.id}: ${load.hypothesis}`, ...(away === undefined ? [] : [away]), ...lines];
};

const kindLines = (
  kind: string,
  { id, summary, params }: FaultDefinition<string> | WorkloadDefinition<string>,
): string[] => [`${kind} ${id}: ${summary}`, '  parameters and what they may be:', ...rangeLines(id, params, {})];

const invariantLines = (invariant: Invariant, target: Target): string[] => {
  const signal = invariant.signal === undefined ? undefined : target.signals[invariant.signal];
  return [
    `invariant ${invariant.id} (${invariant.covers}): ${invariant.claim}`,
    `  ${invariant.meaning}`,
    ...(signal === undefined
      ? ['  no signal: judged from the books alone']
      : [
          `  alert ${alertNameOf(invariant)}: ${signal} > ${invariant.bound}`,
          `  runbook dashboards/runbooks/${invariant.id}.md`,
        ]),
  ];
};

const variantLines = ({ kind, id, summary, witness, invariant, unreachable }: Variant): string[] => {
  const verb = unreachable === undefined ? 'run' : 'explore';
  return [
    `${kind} ${id}: ${summary}`,
    `  ${kind === 'defect' ? 'breaks' : 'must keep'} ${invariant}: topple ${verb} ${witness} --defect ${id}`,
    ...(unreachable === undefined ? [] : [`  not in real time: ${unreachable}`]),
  ];
};

const anomalyLines = ({ id, name, when, look, judgedBy }: Anomaly): string[] => [
  `anomaly ${id}, ${name}: ${when}`,
  `  look for: ${look}`,
  `  judged by ${judgedBy}`,
];

const lieLines = ({ id, summary, about, exposedAs, finding }: Lie): string[] => [
  `lie ${id}: ${summary}`,
  `  about ${about === 'defect' ? 'a system with a defect' : 'the sound system'}: exposed as ${exposedAs}, ${finding}`,
  `  topple run duplicate-webhooks ${about === 'defect' ? '--defect credit-without-dedup ' : ''}--lie ${id}`,
];

const entriesOf = ({ target, scenarios, invariants }: Project): ReadonlyMap<string, readonly string[]> =>
  new Map([
    ...scenarios.map((item) => [item.id, scenarioLines(item)] as const),
    ...loads.map((item) => [item.id, loadLines(item)] as const),
    ...faults.map((item) => [item.id, kindLines('fault', item)] as const),
    ...workloads.map((item) => [item.id, kindLines('workload', item)] as const),
    ...invariants.map((item) => [item.id, invariantLines(item, target)] as const),
    ...anomalies.map((item) => [item.id, anomalyLines(item)] as const),
    ...lies.map((item) => [item.id, lieLines(item)] as const),
    ...target.variants.map((item) => [item.id, variantLines(item)] as const),
  ]);

/** The verb `explain`. */
export const verb: Verb = {
  usage: 'NAME',
  summary:
    'Explains a scenario, load, fault, workload, invariant, anomaly class, lie, defect or look-alike, with its ' +
    'parameters and their ranges.',
  run: async (args) => {
    const { positionals } = readArguments('explain', args, {});
    const name = onePositional('explain', 'name', positionals);
    const entries = entriesOf(await loadProject(process.cwd()));
    const lines = entries.get(name);
    if (lines === undefined) throw errors.unknownName('thing', name, [...entries.keys()]);
    console.log(lines.map((line) => wrapped(line, 6)).join('\n'));
    return exitCodes.pass;
  },
};
