/** The end of the report: evidence, logs, what was not tested, and how to repeat the run. */
import type { LoadOutcome } from '../../run/load-outcome.ts';
import type { RunResult } from '../../run/result.ts';
import { journalFiles } from '../journal-files.ts';
import { effortLines, k6Lines } from '../load-lines.ts';
import { type Markup, markup, none } from '../markup.ts';
import { untestedIn } from '../untested.ts';
import { rerunOf } from '../words.ts';
import { definitions, wideTable } from './elements.ts';

/** Was the system put to the test at all? */
export const evidenceOf = ({ evidence, signals }: RunResult): Markup => {
  const rows = evidence.map(({ what, count, least }) => {
    const [look, words] = count < least ? ['unknown', '? too few'] : ['holds', '✓ enough'];
    const so = markup`<span class="finding ${look}">${words}</span>`;
    return markup`<tr><th scope="row">${what}</th><td>${count}</td><td>${least}</td><td>${so}</td></tr>\n`;
  });
  const failed = signals.failedScrapes.length;
  const scrapes =
    failed === 0 ? none : markup`<p>${failed} scrapes failed; the first: ${signals.failedScrapes[0] ?? ''}.</p>`;
  return markup`<p>A fault that hits nothing proves nothing. These were counted where they happened: at the
providers, at the fault proxy, in the history.</p>
${wideTable('What was counted, and how much was needed', ['What', 'Counted', 'Needed', 'So'], rows)}${scrapes}`;
};

/** What the load script says of itself, and how the system treats a provider that is away. */
export const loadOf = (load: LoadOutcome): Markup => {
  const rows = [...k6Lines(load), ...effortLines(load)].map(({ label, text, look }) => {
    const kind = look === undefined ? markup`${label}` : markup`<span class="finding ${look}">${label}</span>`;
    return markup`<tr><th scope="row">${kind}</th><td>${text}</td></tr>\n`;
  });
  return markup`<p>k6 judges by the answers it got; the verdict above comes from the money.</p>
${wideTable('What k6 says, and how hard the system tried', ['Kind', 'What'], rows)}`;
};

/** So many last lines of each process are shown, each so long at most. */
const [logLinesMax, logColumnsMax] = [40, 240];

/** The last lines of each process, and the other files of the journal. */
export const logsOf = ({ logs }: RunResult): Markup => {
  const parts = Object.entries(logs).map(([name, text]) => {
    const lines = text.trimEnd().split('\n').slice(-logLinesMax);
    const shown = lines.map((line) => markup`${line.slice(0, logColumnsMax)}\n`);
    return markup`<details><summary>${name}</summary><pre tabindex="0">${shown}</pre></details>\n`;
  });
  const files = Object.entries(journalFiles).map(
    ([name, what]) => markup`<li><a href="${name}">${name}</a>: ${what}</li>\n`,
  );
  return markup`<h3>The last lines of each process</h3>
${parts.length === 0 ? markup`<p>There are none.</p>` : parts}
<h3>Files beside this one</h3>
<ul>${files}</ul>`;
};

/** What this run says nothing about. */
export const untestedOf = (result: RunResult): Markup => {
  const gaps = untestedIn(result);
  if (gaps.length === 0) return markup`<p>Nothing was left out of what topple knows.</p>`;
  const named = gaps.map(({ what, names }) => [`${what} (${names.length})`, names.join(', ')] as const);
  return markup`<p>A verdict speaks of what happened in this run. This did not:</p>
${definitions('gaps', named)}`;
};

/** The last lines of the report: the commands. */
export const againOf = ({ request, system, load }: RunResult, runId: string): Markup => {
  const replay = markup`<p>The same plan, so that the finding can be counted again (order of events is likely,
not exact):</p>
<p class="command">Replay: <code tabindex="0">${system.command} replay ${runId}</code></p>
`;
  return markup`${load === undefined ? replay : none}<p>The same scenario with the same seed, anywhere:</p>
<p class="command">Rerun: <code tabindex="0">${rerunOf(request, system.command)}</code></p>`;
};
