/** The runbooks as a Grafana board, so that the link of a red panel leads somewhere on every Grafana that has it. */
import { type Dashboard, DashboardBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder, TextMode } from '@grafana/grafana-foundation-sdk/text';
import { runbookBoardUid } from '../links.ts';

/** The board `topple-runbooks`: a panel per runbook, in order. Runbooks are Markdown, the title first. */
export const runbookBoard = (runbooks: readonly string[]): Dashboard => {
  const board = new DashboardBuilder('topple: runbooks')
    .uid(runbookBoardUid)
    .description('What to do when a promise about money is broken. Written in dashboards/runbooks, shown here.')
    .tags(['topple'])
    .readonly();
  for (const runbook of runbooks) {
    const [heading = '', ...body] = runbook.split('\n');
    board.withPanel(
      new PanelBuilder()
        .title(heading.replace(/^# /, ''))
        .description('The runbook of this alert.')
        .mode(TextMode.Markdown)
        .content(body.join('\n').trim())
        .span(24)
        .height(16),
    );
  }
  return board.build();
};
