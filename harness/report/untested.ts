/** What a run says nothing about: derived from the registries, the plan and what was seen, never kept in a list. */
import { faults } from '../faults/index.ts';
import { isMoving, type PanelView } from '../observe/panel-view.ts';
import { nextStates } from '../order-states.ts';
import type { Agreement, Testimony } from '../run/agreement.ts';
import type { RunResult } from '../run/result.ts';
import { workloads } from '../workloads/index.ts';
import { worlds } from '../worlds/index.ts';

/** One kind of thing that was not tested, and the names of those things; never without names. */
export interface Gap {
  /** What they are, in the plural: `faults not planned`. */
  readonly what: string;
  readonly names: readonly string[];
}

const promiseGaps = ({ request, testimonies }: RunResult): Gap[] => {
  const promised = new Set(request.scenario.expect.map(({ id }) => id));
  const those = (holds: (testimony: Testimony) => boolean) =>
    testimonies.filter(holds).map(({ audit }) => audit.invariant.id);
  const agreeing = (wanted: Agreement) => those(({ agreement }) => agreement === wanted);
  return [
    { what: 'promises of which the books say nothing', names: those(({ audit }) => audit.finding === 'unknown') },
    {
      what: 'promises not strained by this scenario',
      names: those(({ audit }) => audit.finding === 'holds' && !promised.has(audit.invariant.id)),
    },
    { what: 'promises that nothing watches', names: agreeing('unwatched') },
    { what: 'promises whose alert or panel could not see', names: agreeing('blind') },
    { what: 'promises of whose alarm the books cannot tell whether it was right', names: agreeing('unproven') },
    {
      what: 'breaches that were not mended, so that their alarm did not end',
      names: those(({ audit, clearMs }) => audit.finding === 'violated' && clearMs === undefined),
    },
  ];
};

const otherThan = (items: readonly { readonly id: string }[], used: readonly string[]): readonly string[] =>
  items.map(({ id }) => id).filter((id) => !used.includes(id));

const planGaps = ({ plan, system }: RunResult): Gap[] => [
  {
    what: 'faults not planned',
    names: otherThan(
      faults,
      plan.scenario.faults.map(({ fault }) => fault.id),
    ),
  },
  { what: 'workloads not driven', names: otherThan(workloads, [plan.scenario.workload.workload.id]) },
  { what: 'worlds not run', names: otherThan(worlds, [system.world]) },
];

const reachGaps = ({ plan, records, books }: RunResult): Gap[] => {
  const called = new Set(records.flatMap(({ calls }) => calls.map(({ operation }) => operation)));
  const seen = new Set<string>(books.transitions.map(({ to }) => to));
  return [
    {
      what: 'provider operations never called',
      names: plan.scenario.providers.flatMap(({ operations }) => operations.filter((name) => !called.has(name))),
    },
    { what: 'order states that no order reached', names: Object.keys(nextStates).filter((state) => !seen.has(state)) },
  ];
};

const hasData = ({ lines }: PanelView): boolean =>
  lines.some(({ points }) => points.some(({ value }) => value !== null && !Number.isNaN(value)));

/** The panel of a promise bears its claim as title; its id is shorter, and known from the rest of a report. */
const panelGaps = ({ panels, testimonies }: RunResult): Gap[] => {
  const idOf = (title: string) => testimonies.find(({ audit }) => audit.invariant.claim === title)?.audit.invariant.id;
  const titles = (views: readonly PanelView[]) => views.map(({ panel }) => idOf(panel.title) ?? panel.title);
  return [
    { what: 'panels that showed no data', names: titles(panels.filter((view) => !hasData(view))) },
    {
      what: 'panels that did not move',
      names: titles(panels.filter((view) => hasData(view) && !isMoving(view))),
    },
  ];
};

/** All gaps of a run that has some, promises first. */
export const untestedIn = (result: RunResult): readonly Gap[] =>
  [
    ...promiseGaps(result),
    {
      what: 'things asked for that fell short',
      names: result.evidence.filter(({ count, least }) => count < least).map(({ what }) => what),
    },
    ...planGaps(result),
    ...reachGaps(result),
    ...panelGaps(result),
  ].filter(({ names }) => names.length > 0);
