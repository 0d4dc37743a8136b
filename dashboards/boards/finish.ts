/** What the Foundation SDK leaves out and Grafana needs: panel ids, refIds, links and annotations in their places. */
import type {
  AnnotationQuery,
  Dashboard,
  DashboardLink,
  Panel,
  RowPanel,
} from '@grafana/grafana-foundation-sdk/dashboard';
import type { Dataquery } from '@grafana/grafana-foundation-sdk/prometheus';

/** The SDK's default would move every link and annotation into the controls menu. */
const inPlace = <Item extends DashboardLink | AnnotationQuery>({ placement: _menu, ...item }: Item) => item;

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
  const annotations = { list: board.annotations?.list?.map(inPlace) };
  return `${JSON.stringify({ ...board, panels, annotations, links: board.links?.map(inPlace) }, null, 2)}\n`;
};
