/** The dashboards under oath: for each promise what the books, the alert and the panel said. */
import { alertNameOf } from '../../invariant.ts';
import type { Agreement, Testimony, Voice } from '../../run/agreement.ts';
import type { RunResult } from '../../run/result.ts';
import { type Markup, markup, none } from '../markup.ts';
import { inWords } from '../words.ts';
import { type Axis, sinceStart } from './axis.ts';
import { definitions, wideTable } from './elements.ts';
import { findingMark } from './head.ts';

const meanings: Readonly<Record<Agreement, string>> = {
  quiet: 'the promise was not broken, and alert and panel said nothing',
  caught: 'the promise was broken, and both alert and panel told of it',
  missed: 'the promise was broken, and one of them said nothing; this fails the run',
  'false alarm': 'one of them told of a breach that was not there; this fails the run',
  blind: 'one of them could not see, so its silence means nothing',
  passing: 'the promise was broken for a time and then kept, and what told of it has ended',
  unproven: 'one of them told of what the books cannot show, so nobody knows whether it was right',
  unwatched: 'no alert and no panel exist for this promise; only the books judge it',
};

/** Whether an agreement is good, bad, or says nothing; each has a sign, so that colour is not needed. */
const looks: Readonly<Record<Agreement, readonly [string, string]>> = {
  quiet: ['holds', '✓'],
  caught: ['holds', '✓'],
  missed: ['violated', '✗'],
  'false alarm': ['violated', '✗'],
  blind: ['unknown', '?'],
  passing: ['holds', '✓'],
  unproven: ['unknown', '?'],
  unwatched: ['unknown', '–'],
};

const voiceWords = (axis: Axis, voice: Voice, spoke: string, calm: string): string => {
  if (voice.said === 'calm') return calm;
  if (voice.said === 'blind') return `could not see: ${voice.because}`;
  return `${spoke} at ${sinceStart(axis, voice.atMs)}`;
};

const duration = (durationMs: number | undefined): string => (durationMs === undefined ? '–' : inWords(durationMs));

const rowOf = (axis: Axis, testimony: Testimony, promised: boolean): Markup => {
  const { audit, agreement, alert, panel, colour, detectMs, clearMs, allowedMs, late } = testimony;
  const { invariant, finding, exercised, witnesses, reason } = audit;
  const count = finding === 'violated' ? `${witnesses.length} of ${exercised}` : `${exercised} checked`;
  const [look, sign] = looks[agreement];
  const isWatched = agreement !== 'unwatched';
  const voices = isWatched
    ? [voiceWords(axis, alert, 'fired', 'silent'), voiceWords(axis, panel, 'turned red', `stayed ${colour ?? ''}`)]
    : ['–', '–'];
  return markup`<tr><th scope="row">${invariant.id}<small>${invariant.claim}</small></th>
<td>${promised ? 'yes' : 'no'}</td><td>${findingMark(finding)}<small>${reason ?? count}</small></td>
<td>${voices[0] ?? ''}<small>${isWatched ? alertNameOf(invariant) : ''}</small></td><td>${voices[1] ?? ''}</td>
<td><span class="finding ${look}"><span aria-hidden="true">${sign}</span> ${agreement}</span></td>
<td>${duration(detectMs)}${late === true ? markup`<small>late</small>` : none}</td>
<td>${duration(clearMs)}</td><td>${isWatched ? inWords(allowedMs) : '–'}</td></tr>\n`;
};

const columns = ['Promise', 'Strained here', 'Books', 'Alert', 'Panel', 'So', 'Told after', 'Over after', 'Allowed'];

const columnMeanings = [
  ['strained here', 'this scenario puts the promise to the test; the others are looked at as well'],
  ['told after', 'from the moment at which the money went wrong to the alert'],
  ['over after', 'from the moment at which the breach was mended to the end of the alert'],
] as const;

/** The section's content. */
export const agreementOf = (result: RunResult, axis: Axis): Markup => {
  const promised = new Set(result.request.scenario.expect.map(({ id }) => id));
  const weightOf = ({ audit, agreement, liars }: Testimony): number =>
    [
      promised.has(audit.invariant.id),
      agreement === 'blind',
      audit.finding === 'violated' || liars.length > 0,
    ].findLastIndex(Boolean);
  const rows = result.testimonies
    .toSorted((a, b) => weightOf(b) - weightOf(a))
    .map((one) => rowOf(axis, one, promised.has(one.audit.invariant.id)));
  const used = new Set(result.testimonies.map(({ agreement }) => agreement));
  const caption = 'What books, alert and panel said of each promise; the worst first';
  const meant = Object.entries(meanings).filter(([agreement]) => used.has(agreement as Agreement));
  return markup`<p>Each promise is judged from the books first.
Then its alert and its panel are asked whether they told the truth.</p>
${wideTable(caption, columns, rows)}
${definitions('words', [...meant, ...columnMeanings])}`;
};
