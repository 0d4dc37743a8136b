/** What a search, a replay or a shrinking came to, as text for a terminal of 80 columns. */
import { type Paint, plain } from '../report/paint.ts';
import { harmless, wrapped } from '../report/plain-text.ts';
import { inWords } from '../report/words.ts';
import type { Finding } from '../run/audit.ts';
import type { WorldOutcome } from './one-world.ts';
import type { Tally } from './search.ts';

const columnsMax = 80;
const linesMax = 24;

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** How much was looked at. */
export const tallyText = (tally: Tally, tookMs: number): string => {
  const { worlds, digests, statements, waits, deadlocks, harms } = tally;
  const perMinute = Math.round((worlds * 60_000) / tookMs);
  const seen = `${counted(worlds, 'world')} in ${inWords(tookMs)} (${perMinute} a minute), ${digests.size} different`;
  const met = [counted(statements, 'statement'), counted(waits, 'lock wait'), counted(deadlocks, 'deadlock')];
  return wrapped(`  looked at  ${seen}: ${[...met, counted(harms, 'harm')].join(', ')}`, 13);
};

/** Each broken promise with its first witness, and what did not come to rest. */
export const breachText = ({ audits, restless }: WorldOutcome, paint: Paint = plain): string => {
  const broken = audits.flatMap(({ invariant, witnesses }) => {
    const [first] = witnesses;
    if (first === undefined) return [];
    return [
      paint('title', wrapped(`${invariant.id} is violated: ${harmless(`${first.subject} ${first.story}`)}.`, 2)),
      wrapped(`  Expected ${harmless(first.expected)}; found ${harmless(first.actual)}.`, 4),
    ];
  });
  const stuck = restless.map((what) =>
    wrapped(`not at rest four hours after everything was healed: ${harmless(what)}`, 2),
  );
  return [...broken, ...stuck].join('\n');
};

/** Steps without what they brought, and without time: `webhooks-1 insert into …`. */
const stepsOf = (lines: readonly string[]): readonly string[] =>
  lines.filter((line) => !/^\S+ [=!] |^clock |^\S+ (stands at|passes) its gate/.test(line));

/** The last steps of a world, up to its end or to the moment at which it came to rest. */
export const stepsText = ({ lines }: WorldOutcome): string => {
  const steps = stepsOf(lines);
  const shown = steps.slice(0, linesMax).map((line) => `   ${harmless(line)}`.slice(0, columnsMax));
  return [...shown, ...(steps.length > linesMax ? [`   … ${steps.length - linesMax} more steps`] : [])].join('\n');
};

/** The choices that a shrunk world needs. */
export const deviationsText = (deviations: readonly string[]): string =>
  deviations.length === 0
    ? wrapped('  It needs no choice at all: each actor ends what it has begun, and nothing comes to harm.', 2)
    : [
        `  It needs ${counted(deviations.length, 'choice')}; all others are what disturbs least:`,
        ...deviations.map((choice, index) =>
          `  ${String(index + 1).padStart(3)}. ${harmless(choice)}`.slice(0, columnsMax),
        ),
      ].join('\n');

/** The last word: `VIOLATED after 3.2 s`. */
export const verdictText = (finding: Finding, tookMs: number, paint: Paint = plain): string =>
  `  ${paint(finding, finding.toUpperCase())} after ${inWords(tookMs)}`;
