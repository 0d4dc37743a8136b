/** What went wrong, told on the first case of each kind. */
import { alertNameOf } from '../../invariant.ts';
import type { Testimony } from '../../run/agreement.ts';
import type { RunResult } from '../../run/result.ts';
import { type Markup, markup, none } from '../markup.ts';
import { storyOf } from '../story.ts';
import { actualOf, dashboardsOf } from '../words.ts';
import { type Axis, sinceStart } from './axis.ts';
import { definitions } from './elements.ts';

const storyTable = (result: RunResult, axis: Axis, testimony: Testimony): Markup => {
  const [witness] = testimony.audit.witnesses;
  if (witness === undefined) return none;
  const { moments, leftOut } = storyOf(result, witness);
  if (moments.length === 0) return none;
  const rows = moments.map(({ atMs, text, weight }) => {
    const isProof = weight === 'proof';
    const proof = isProof ? markup`<strong class="proof-word">◀ proof</strong>` : none;
    const look = isProof ? markup` class="is-proof"` : none;
    const time = markup`<th scope="row" class="time">${sinceStart(axis, atMs)}</th>`;
    return markup`<tr${look}>${time}<td>${text} ${proof}</td></tr>\n`;
  });
  const more = leftOut === 0 ? none : markup`<p>${leftOut} more moments of this order stand on the timeline.</p>`;
  return markup`<table class="story"><caption>What happened to it, in order of time</caption>
<thead><tr><th scope="col">When</th><th scope="col">What</th></tr></thead><tbody>
${rows}</tbody></table>${more}`;
};

const breachOf = (result: RunResult, axis: Axis, testimony: Testimony): Markup => {
  const { invariant, witnesses, exercised } = testimony.audit;
  const [first] = witnesses;
  if (first === undefined) return none;
  const last = witnesses.at(-1)?.subject ?? '';
  const compared = [
    ['Expected', first.expected],
    ['Found', actualOf(first)],
    ['How often', `${witnesses.length} of ${exercised} checked`],
  ] as const;
  const many =
    witnesses.length === 1 ? none : markup`<p>This is the first of ${witnesses.length} cases; the last: ${last}.</p>`;
  return markup`<article class="breach" id="breach-${invariant.id}">
<h3><span aria-hidden="true">✗</span> ${invariant.id}: ${first.subject} ${first.story}</h3>
<p>The promise: <q>${invariant.claim}</q> ${invariant.meaning}</p>
${definitions('compare', compared)}
${storyTable(result, axis, testimony)}
${many}
<p>Dashboards: ${dashboardsOf(testimony, alertNameOf(invariant))}.</p>
</article>`;
};

/** A false alarm: the money is right, and the dashboards said otherwise. */
const alarmOf = (testimony: Testimony): Markup => {
  const { invariant } = testimony.audit;
  return markup`<article class="breach">
<h3><span aria-hidden="true">✗</span> ${invariant.id}: ${testimony.agreement}</h3>
<p>The promise holds: <q>${invariant.claim}</q> Somebody would have been called for nothing.</p>
<p>Dashboards: ${dashboardsOf(testimony, alertNameOf(invariant))}.</p>
</article>`;
};

/** The section's content: broken promises first, then alarms about promises that hold; empty where there is neither. */
export const breachesOf = (result: RunResult, axis: Axis): readonly Markup[] => {
  const isViolated = ({ audit }: Testimony): boolean => audit.finding === 'violated';
  return [
    ...result.testimonies.filter(isViolated).map((testimony) => breachOf(result, axis, testimony)),
    ...result.testimonies.filter((one) => one.liars.length > 0 && !isViolated(one)).map(alarmOf),
  ];
};
