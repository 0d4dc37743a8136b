/** What the Foundation SDK leaves out and Grafana needs: panel ids, refIds, and links in their usual place. */
import type { Dashboard, DashboardLink, Panel, RowPanel } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Dataquery } from '@grafana/grafana-foundation-sdk/prometheus';

/** The SDK's default would move every link into the controls menu. */
const inPlace = ({ placement: _menu, ...link }: DashboardLink): DashboardLink => link;

const withRefIds = (targets: Panel['targets']) =>
  (targets as Dataquery[] | undefined)?.map((target, index) => ({
    ...target,
    refId: String.fromCharCode('A'.charCodeAt(0) + index),
  }));

const finishPanel = (panel: Panel | RowPanel, index: number) => ({
  ...panel,
  id: index + 1,
  ...('targets' in panel ? { targets: withRefIds(panel.targets) } : {}),
  ...('links' in panel ? { links: panel.links?.map(inPlace) } : {}),
});

/**
 * Grafana JSON of a board, ending in a newline: panels and rows are numbered from 1 as they appear, the queries of a
 * panel lettered from A.
 */
export const boardJson = (board: Dashboard): string => {
  const panels = (board.panels as (Panel | RowPanel)[] | undefined)?.map(finishPanel);
  return `${JSON.stringify({ ...board, panels, links: board.links?.map(inPlace) }, null, 2)}\n`;
};
