/**
 * A run as one HTML file: no script, no network, nothing beside it. Drawn by hand as SVG when it is written, so that it
 * opens from a disk, prints, and is read without a mouse.
 */
import { alertNameOf, type Witness } from '../../invariant.ts';
import type { Testimony } from '../../run/agreement.ts';
import type { RunResult } from '../../run/result.ts';
import { joined, type Markup, markup, none } from '../markup.ts';
import { storyOf } from '../story.ts';
import { untestedIn } from '../untested.ts';
import { composedOf, dashboardsOf, inWords, rerunOf } from '../words.ts';
import { panelsOf } from './panels.ts';
import { styleSheet } from './style.ts';
import { rowOf, tableOf } from './table.ts';
import { timelineOf } from './timeline.ts';

const said = {
  holds: 'Every promise of this scenario held, with enough evidence, and alerts and panels told the truth.',
  violated: 'A promise was broken, or the dashboards did not tell the truth.',
  unknown: 'Nobody can say: something was not put to the test, or could not be seen.',
} as const;

const headerOf = (result: RunResult): Markup => {
  const { request, verdict } = result;
  const reasons = verdict.reasons.map((reason) => markup`<li>${reason}</li>`);
  return markup`<div class="verdict ${verdict.finding}"><h1>${request.scenario.id}: ${verdict.finding}</h1>
<p>${request.scenario.hypothesis}</p><p><strong>${said[verdict.finding]}</strong></p>
${reasons.length === 0 ? none : markup`<ul>${reasons}</ul>`}
<p class="faint">Seed ${request.seed}, against ${composedOf(result)}, ${inWords(result.tookMs)}.</p></div>`;
};

const storyTable = (result: RunResult, witness: Witness): Markup => {
  const { moments, leftOut } = storyOf(result, witness);
  const startMs = moments[0]?.atMs ?? 0;
  const rows = moments.map(({ atMs, text, weight }) => {
    const told = weight === 'proof' ? `${text} ← proof` : text;
    return rowOf(markup`+${((atMs - startMs) / 1_000).toFixed(3)} s`, [markup`<td class="${weight}">${told}</td>`]);
  });
  if (rows.length === 0) return none;
  const more = leftOut === 0 ? '' : `; ${leftOut} more moments are left out`;
  return tableOf(`What happened to this order${more}`, ['after', 'what'], rows);
};

const breachOf = (result: RunResult, testimony: Testimony): Markup => {
  const { invariant, witnesses } = testimony.audit;
  const [first] = witnesses;
  if (first === undefined) return none;
  const more = `The first of ${witnesses.length}; all are in verdict.json.`;
  const others = witnesses.length === 1 ? none : markup`<p class="faint">${more}</p>`;
  return markup`<section><h3 class="violated">${invariant.id} is violated</h3>
<p>${invariant.claim} <em>${first.subject} ${first.story}.</em> ${invariant.meaning}</p>
${storyTable(result, first)}
<p>Expected <strong>${first.expected}</strong>; found <strong>${first.actual}</strong>.</p>
<p>Dashboards: ${dashboardsOf(testimony, alertNameOf(invariant))}.</p>${others}</section>`;
};

const time = (ms: number | undefined): string => (ms === undefined ? '' : inWords(ms));

const panelState = ({ colour = '', panel }: Testimony): string =>
  panel.said === 'spoke' && colour !== 'red' ? `${colour}, was red` : colour;

const agreementRow = (testimony: Testimony, isPromised: boolean): Markup => {
  const { audit, agreement, detectMs, clearMs, allowedMs, late, alert } = testimony;
  const bound = detectMs === undefined && clearMs === undefined ? '' : `${inWords(allowedMs)}${late ? ' (late)' : ''}`;
  const alertSaid = agreement === 'unwatched' ? '' : alert.said;
  const cells = [audit.exercised, alertSaid, panelState(testimony), agreement, time(detectMs), time(clearMs), bound];
  return rowOf(markup`${audit.invariant.id}${isPromised ? '' : ' (not promised here)'}`, [
    markup`<td class="${audit.finding}">${audit.finding}</td>`,
    ...cells.map((cell) => markup`<td>${cell}</td>`),
  ]);
};

/** What lied or broke comes first, then what was promised. */
const agreementTable = (result: RunResult): Markup => {
  const promised = new Set(result.request.scenario.expect.map(({ id }) => id));
  const placeOf = ({ audit, agreement }: Testimony): number => {
    if (audit.finding === 'violated' || ['missed', 'false alarm'].includes(agreement)) return 0;
    return promised.has(audit.invariant.id) ? 1 : 2;
  };
  const worstFirst = result.testimonies.toSorted((a, b) => placeOf(a) - placeOf(b));
  return tableOf(
    'Truth from the books, beside what the alert and the panel said of it',
    ['promise', 'books', 'checked', 'alert', 'panel', 'agreement', 'told after', 'over after', 'allowed'],
    worstFirst.map((testimony) => agreementRow(testimony, promised.has(testimony.audit.invariant.id))),
  );
};

const evidenceTable = ({ evidence, faultWindows }: RunResult): Markup => {
  const rows = evidence.map(({ what, count, least }) => {
    const isShort = count < least;
    const seen = markup`<td class="${isShort ? 'unknown' : 'holds'}">${count}${isShort ? ' (too few)' : ''}</td>`;
    return rowOf(markup`${what}`, [seen, markup`<td>${least}</td>`]);
  });
  const faults = faultWindows.map(({ fault, at, fromMs, untilMs }) => {
    return `${fault} at ${at} for ${inWords(untilMs - fromMs)}`;
  });
  const caption = 'Counted from what really happened; fewer than needed makes the verdict unknown';
  return joined([
    tableOf(caption, ['what', 'seen', 'needed'], rows),
    markup`<p class="faint">Faults: ${faults.length === 0 ? 'none' : faults.join('; ')}.</p>`,
  ]);
};

const untestedList = (result: RunResult): Markup => {
  const gaps = untestedIn(result).map(({ what, names }) => markup`<li>${what}: ${names.join(', ')}</li>`);
  return gaps.length === 0 ? markup`<p>Nothing that topple knows of.</p>` : markup`<ul>${gaps}</ul>`;
};

/** The whole document; `runId` names the run for `replay`. */
export const htmlReport = (result: RunResult, runId: string): string => {
  const { request, system, verdict } = result;
  const breaches = result.testimonies.map((testimony) => breachOf(result, testimony));
  const isBroken = result.testimonies.some(({ audit }) => audit.witnesses.length > 0);
  const page = markup`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${request.scenario.id}, seed ${request.seed}: ${verdict.finding}</title>${styleSheet}</head>
<body><a class="skip" href="#agreement">Skip to the agreement table</a>
<main>${headerOf(result)}
${isBroken ? markup`<h2>What broke</h2>${breaches}` : none}
<h2 id="agreement">Did the dashboards tell the truth?</h2>${agreementTable(result)}
<h2>Orders over time</h2>${timelineOf(result)}
<h2>The board during the run</h2>${panelsOf(result)}
<h2>Evidence</h2>${evidenceTable(result)}
<h2>Not tested in this run</h2>${untestedList(result)}
<h2>Again</h2><pre tabindex="0"><code>${rerunOf(request, system.command)}</code></pre>
<p class="faint">The same plan: <code>${system.command} replay ${runId}</code></p></main></body></html>
`;
  return page.markup;
};
