/** The board an operator opens first: do the promises about money hold, and where in the funnel does money wait? */
import {
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  DatasourceVariableBuilder,
  RowBuilder,
} from '@grafana/grafana-foundation-sdk/dashboard';
import type { Invariant } from '#harness/invariant';
import type { Target } from '#harness/target';
import { moneyBoardUid, runbookBoardUrl } from '../links.ts';
import { funnelPanels, waitingPanels } from './funnel.ts';
import { linesPanel, verdictPanel } from './panels.ts';
import { promisePanels } from './promises.ts';

/** Says which promises have no panel here, so that their absence is not read as health. */
const descriptionOf = (invariants: readonly Invariant[], target: Pick<Target, 'signals'>): string => {
  const unseen = invariants.filter(({ signal }) => signal === undefined || target.signals[signal] === undefined);
  const blindSpots = unseen.length === 0 ? 'none' : unseen.map(({ id }) => id).join(', ');
  return `Promises about money and the funnel from order to grant. Promises that no series tells of: ${blindSpots}.`;
};

/** The board `topple-money`: promises, funnel, waiting orders. */
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
    .link(new DashboardLinkBuilder('Runbooks').type(DashboardLinkType.Link).url(runbookBoardUrl));
  board.withRow(new RowBuilder('Promises: red is broken, orange is unseen'));
  for (const panel of promisePanels(invariants, target)) board.withPanel(verdictPanel(panel));
  board.withRow(new RowBuilder('Funnel: creation, initiation, webhook, credit, grant, reconciliation'));
  for (const panel of funnelPanels) board.withPanel(linesPanel(panel));
  board.withRow(new RowBuilder('Orders that wait'));
  for (const panel of waitingPanels) board.withPanel(linesPanel(panel));
  return board.build();
};
