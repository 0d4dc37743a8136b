/**
 * Where an alert sends its reader. Both kinds of address are relative, because only the operator knows the hosts:
 * `runbook_url` to the root of this repository, `dashboard_url` and the links between boards to the root of Grafana.
 * To make them clickable in a mail, set the two bases to where you serve them and run `npm run generate`.
 */

const runbookBase = 'dashboards/runbooks';
const grafanaBase = '';

/** Uid of the board of the invariants and the funnel; Grafana allows at most 40 characters. */
export const moneyBoardUid = 'topple-money';

/** Uid of the board that shows the runbooks inside Grafana. */
export const runbookBoardUid = 'topple-runbooks';

/** Address of the runbook of an invariant: a file of this repository, relative to its root. */
export const runbookUrlOf = (invariantId: string): string => `${runbookBase}/${invariantId}.md`;

/** Address of the board where an alert's signal is seen, on the Grafana that has the generated boards. */
export const moneyBoardUrl = `${grafanaBase}/d/${moneyBoardUid}`;

/** Address of the board that shows all runbooks. */
export const runbookBoardUrl = `${grafanaBase}/d/${runbookBoardUid}`;

/** Address of one runbook on the runbook board; `panelId` as that board numbers its panels. */
export const runbookPanelUrlOf = (panelId: number): string => `${runbookBoardUrl}?viewPanel=${panelId}`;
