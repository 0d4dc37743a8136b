/**
 * A world that broke a promise as one HTML file: what went wrong, in rows and sums of the books, and how it came to it,
 * step by step in two columns.
 */
import { alertNameOf, type Witness } from '../invariant.ts';
import { documentOf, type Section } from '../report/html/document.ts';
import { definitions } from '../report/html/elements.ts';
import { findingMark } from '../report/html/head.ts';
import { type Markup, markup, none } from '../report/markup.ts';
import { actualOf, dashboardsOf } from '../report/words.ts';
import type { Audit } from '../run/audit.ts';
import type { KeptWorld } from './kept-worlds.ts';
import type { WorldOutcome } from './one-world.ts';
import { proofOf } from './proof.ts';
import { guiltIn, worthTelling } from './report.ts';
import { type Entry, type Timeline, timelineOf } from './timeline.ts';

/** A kept world, and what it came to when it was watched step by step. */
export interface ShownWorld {
  readonly id: string;
  readonly world: KeptWorld;
  readonly outcome: WorldOutcome;
  /** The claim of its scenario, and the system's id. */
  readonly hypothesis: string;
  readonly system: string;
  /** How a person starts topple. */
  readonly command: string;
}

/** So many steps are shown, the last before the breach; those in sight stand open to the eye. */
const [entriesMax, entriesInSight] = [400, 60];
/** A statement's rows are shown so far. */
const rowsCharsMax = 600;

const proofTable = (witness: Witness, { books }: WorldOutcome): Markup => {
  const { rows, sums } = proofOf(witness, books);
  if (rows.length === 0) return none;
  const lines = rows.map(({ kind, amount, what, isEvidence }, index) => {
    const sum = rows[index + 1]?.kind === kind ? undefined : sums[kind as keyof typeof sums];
    const mark = isEvidence ? markup` <strong class="proof-word">◀ proof</strong>` : none;
    const look = isEvidence ? markup` class="is-proof"` : none;
    const total =
      sum === undefined
        ? none
        : markup`<tr class="sum"><th scope="row">sum ${kind}</th><td class="amount">${sum}</td><td></td></tr>\n`;
    return markup`<tr${look}><th scope="row">${kind}</th><td class="amount">${amount}</td>
<td>${what}${mark}</td></tr>\n${total}`;
  });
  return markup`<table class="story proof"><caption>The rows of the books, and what they add up to</caption>
<thead><tr><th scope="col">Money</th><th scope="col">How much</th><th scope="col">Which</th></tr></thead><tbody>
${lines}</tbody></table>`;
};

const breachOf = ({ invariant, witnesses }: Audit, outcome: WorldOutcome): Markup => {
  const [first] = witnesses;
  if (first === undefined) return none;
  const compared = [
    ['Expected', first.expected],
    ['Found', actualOf(first)],
  ] as const;
  const said = worthTelling(outcome).find(({ audit }) => audit.invariant === invariant);
  const dashboards =
    said === undefined ? none : markup`<p>Dashboards: ${dashboardsOf(said, alertNameOf(invariant))}.</p>`;
  return markup`<article class="breach">
<h3><span aria-hidden="true">✗</span> ${invariant.id}: ${first.subject} ${first.story}</h3>
<p>The promise: <q>${invariant.claim}</q> ${invariant.meaning}</p>
${proofTable(first, outcome)}
${definitions('compare', compared)}
${dashboards}
</article>`;
};

const breachesOf = (outcome: WorldOutcome): readonly Markup[] => [
  ...outcome.audits.map((audit) => breachOf(audit, outcome)),
  ...worthTelling(outcome)
    .filter(({ audit }) => audit.finding !== 'violated')
    .map(
      (testimony) => markup`<article class="breach">
<h3><span aria-hidden="true">✗</span> ${testimony.audit.invariant.id}: ${testimony.agreement}</h3>
<p>Dashboards: ${dashboardsOf(testimony, alertNameOf(testimony.audit.invariant))}.</p>
</article>`,
    ),
  ...outcome.restless.map(
    (what) => markup`<article class="breach"><h3>Not at rest four hours after everything was healed</h3>
<p>${what}</p></article>`,
  ),
];

const stepOf = ({ who, did, brought, rows }: Entry, isNamed: boolean): Markup => {
  const name = isNamed && who !== '' ? markup`<b>${who}</b> ` : none;
  const text = who === '' ? markup`${did}` : markup`<code>${did}</code>`;
  if (rows === undefined) return markup`${name}${text}${brought ? markup` <small>${brought}</small>` : none}`;
  const shown = rows.length > rowsCharsMax ? `${rows.slice(0, rowsCharsMax)}…` : rows;
  return markup`${name}${text}<details><summary>${brought ?? ''}</summary><code class="rows">${shown}</code></details>`;
};

const rowsOf = ({ culprit, others, entries }: Timeline, guilty: number | undefined): readonly Markup[] =>
  entries.map((entry) => {
    const isLeft = entry.who === culprit && culprit !== '';
    const step = stepOf(entry, !isLeft && others.length > 1);
    const cells = isLeft ? markup`<td>${step}</td><td></td>` : markup`<td></td><td>${step}</td>`;
    const moved = entry.moves.map((move) => markup`<li>${move}</li>`);
    const isGuilty = entry.line === guilty;
    const broke = isGuilty ? markup`<p class="proof-word">◀ since this step the promise is broken</p>` : none;
    const money =
      moved.length === 0 && !isGuilty
        ? none
        : markup`<tr class="moves"><td colspan="2"><ul>${moved}</ul>${broke}</td></tr>\n`;
    return markup`<tr class="step">${cells}</tr>\n${money}`;
  });

/** The session that did most, for a breach that no single step brought about. */
const busiestFirst = (way: Timeline): Timeline => {
  const counts = Map.groupBy(way.entries, ({ who }) => who);
  const sessions = [...way.others, ...(way.culprit === '' ? [] : [way.culprit])];
  const steps = (who: string): number => counts.get(who)?.length ?? 0;
  const [culprit = '', ...others] = sessions.toSorted((a, b) => steps(b) - steps(a));
  return { ...way, culprit, others };
};

const wayTable = (caption: string, way: Timeline, guilty: number | undefined): Markup => {
  const others = way.others.length === 1 ? (way.others[0] ?? '') : 'all others';
  return markup`<table class="way"><caption>${caption}</caption>
<thead><tr><th scope="col">${way.culprit || 'the system'}</th><th scope="col">${others}</th></tr></thead><tbody>
${rowsOf(way, guilty)}</tbody></table>`;
};

const wayOf = (outcome: WorldOutcome): Markup => {
  const guilt = guiltIn(outcome);
  const whole = timelineOf(outcome.lines, guilt?.line ?? outcome.lines.length, outcome.moves);
  const way = guilt === undefined ? busiestFirst(whole) : whole;
  const entries = guilt === undefined ? way.entries.slice(0, entriesMax) : way.entries.slice(-entriesMax);
  const inSight = guilt === undefined ? entries.slice(0, entriesInSight) : entries.slice(-entriesInSight);
  const further = entries.filter((entry) => !inSight.includes(entry));
  const [place, leftOut] = [guilt === undefined ? 'after' : 'before', way.entries.length - entries.length];
  const table = (caption: string, shown: readonly Entry[]): Markup =>
    wayTable(caption, { ...way, entries: shown }, guilt?.line);
  const rest =
    further.length === 0
      ? none
      : markup`<details class="further"><summary>${further.length} steps ${place}${
          leftOut === 0 ? '' : ` (${leftOut} more are left out)`
        }</summary>${table(`Steps ${place} those in sight`, further)}</details>`;
  const main = table(`Steps of the world${guilt ? ` until ${guilt.promise} was broken` : ''}`, inSight);
  return markup`<p>One thing happens at a time, from above to below. On the left stands the session that
${guilt ? 'broke the promise' : 'did most'}, on the right whatever else went on: other sessions, calls, webhooks. Money
that a step moved stands below it.</p>
${guilt ? [rest, main] : [main, rest]}`;
};

const needsOf = ({ needs }: KeptWorld): Markup => {
  if (needs === undefined) return markup`<p>It was not shrunk: nobody knows which of its choices matter.</p>`;
  if (needs.length === 0)
    return markup`<p>No choice at all: each actor ends what it has begun, and nothing comes to harm.</p>`;
  const choices = needs.map((choice) => markup`<li><code>${choice}</code></li>\n`);
  return markup`<p>These choices, in this order; all else is what disturbs least:</p><ol>${choices}</ol>`;
};

const headOf = ({ world, outcome, hypothesis, system }: ShownWorld): Markup => {
  const { scenario, seed, shape, variant, lie, versions, settings } = world;
  const composed = variant === undefined ? system : `${system} with ${variant}`;
  const facts = [
    ['System', lie === undefined ? composed : `${composed}, watched through ${lie}`],
    ['World', `${scenario}, seed ${seed}${settings.map((setting) => `, ${setting}`).join('')}`],
    ['Orders', `${shape.ordinals.length}`],
    ['Choices', `${world.choices.length} recorded, ${outcome.harms} of them a harm`],
    [
      'Made with',
      Object.entries(versions)
        .map(([name, version]) => `${name} ${version}`)
        .join(', '),
    ],
  ] as const;
  const finding = outcome.fingerprint.length > 0 ? 'violated' : 'holds';
  return markup`<header>
<p class="product">topple ran a top-up system in a simulated world, in which it decides what happens next: every SQL
statement on a real PostgreSQL, every call, every webhook. The same choices give the same rows, to the byte.</p>
<h1>${findingMark(finding)} <span class="scenario">${scenario}</span></h1>
<p class="hypothesis">The claim under test: <q>${hypothesis}</q></p>
${definitions('facts', facts)}
</header>`;
};

const againOf = ({ id, command }: ShownWorld): Markup => markup`<p>The same choices, to the byte:</p>
<p class="command"><code tabindex="0">${command} replay ${id}</code></p>
<p>As a regression test, once the system was mended: copy <code>.topple/worlds/${id}.json</code> into your
repository.</p>
<p class="command"><code tabindex="0">${command} replay ${id}.json --guided</code></p>`;

/** The document: one file that loads and runs nothing; rows and choices of the world are escaped. */
export const worldPage = (shown: ShownWorld): string => {
  const breaches = breachesOf(shown.outcome);
  const sections: readonly Section[] = [
    ...(shown.outcome.fingerprint.length === 0
      ? []
      : [{ id: 'breaches', title: 'What went wrong', content: breaches }]),
    { id: 'way', title: 'How it came to it', content: wayOf(shown.outcome) },
    { id: 'needs', title: 'What it needs', content: needsOf(shown.world) },
    { id: 'again', title: 'See it again', content: againOf(shown) },
  ];
  const { scenario, seed } = shown.world;
  return documentOf({ title: `${scenario}, world ${seed} (topple)`, head: headOf(shown), sections });
};
