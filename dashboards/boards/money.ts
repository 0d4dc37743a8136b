/** The board an operator opens first: do the promises about money hold, and where in the funnel does money wait? */
import {
  AnnotationQueryBuilder,
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  DatasourceVariableBuilder,
  RowBuilder,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import type { Invariant } from '#harness/invariant';
import type { Target } from '#harness/target';
import { moneyBoardUid, runbookBoardUrl } from '../links.ts';
import type { GeneratedFile } from '../rule-files.ts';
import { boardJson } from './finish.ts';
import { funnelPanels, providerPanels, waitingPanels } from './funnel.ts';
import { datasource, linesPanel, verdictPanel } from './panels.ts';
import { promisePanels } from './promises.ts';

/** Says which promises have no panel here, so that their absence is not read as health. */
const descriptionOf = (invariants: readonly Invariant[], target: Pick<Target, 'signals'>): string => {
  const unseen = invariants.filter(({ signal }) => signal === undefined || target.signals[signal] === undefined);
  const blindSpots = unseen.length === 0 ? 'none' : unseen.map(({ id }) => id).join(', ');
  return `Promises about money and the funnel from order to grant. Promises that no series tells of: ${blindSpots}.`;
};

const faultExpr = 'topple_fault_active > 0';

/** Shades the time in which a harness had faults at work; a system that is left alone shows none. */
const faultWindows = (): AnnotationQueryBuilder =>
  new AnnotationQueryBuilder()
    .name('Faults')
    .datasource(datasource)
    .enable(true)
    .iconColor('purple')
    .expr(faultExpr)
    .titleFormat('{{fault}} at {{at}}')
    .target(new DataqueryBuilder().refId('Anno').expr(faultExpr));

/** The board `topple-money`: promises, funnel, providers, waiting orders. */
export const moneyBoard = (invariants: readonly Invariant[], target: Pick<Target, 'signals'>): Dashboard => {
  const board = new DashboardBuilder('topple: money')
    .uid(moneyBoardUid)
    .description(descriptionOf(invariants, target))
    .tags(['topple'])
    .readonly()
    .time({ from: 'now-1h', to: 'now' })
    .refresh('30s')
    .tooltip(DashboardCursorSync.Crosshair)
    .withVariable(new DatasourceVariableBuilder('datasource').label('Data source').type('prometheus'))
    .annotation(faultWindows())
    .link(new DashboardLinkBuilder('Runbooks').type(DashboardLinkType.Link).url(runbookBoardUrl));
  board.withRow(new RowBuilder('Promises: red is broken, orange is unseen'));
  for (const panel of promisePanels(invariants, target)) board.withPanel(verdictPanel(panel));
  board.withRow(new RowBuilder('Funnel: creation, initiation, webhook, credit, grant, reconciliation'));
  for (const panel of funnelPanels) board.withPanel(linesPanel(panel));
  board.withRow(new RowBuilder('Providers that have trouble'));
  for (const panel of providerPanels) board.withPanel(linesPanel(panel));
  board.withRow(new RowBuilder('Orders that wait'));
  for (const panel of waitingPanels) board.withPanel(linesPanel(panel));
  return board.build();
};

/** The board `topple-money` of a target as a file. */
export const moneyBoardFile = (target: Pick<Target, 'signals'>, invariants: readonly Invariant[]): GeneratedFile => ({
  path: `dashboards/generated/grafana/${moneyBoardUid}.json`,
  text: boardJson(moneyBoard(invariants, target)),
});
