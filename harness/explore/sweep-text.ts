/** A sweep as text for a terminal of 80 columns, and as JSON. */
import { type Paint, plain } from '../report/paint.ts';
import { harmless, wrapped } from '../report/plain-text.ts';
import { inWords } from '../report/words.ts';
import type { Finding } from '../run/audit.ts';
import { breachText } from './report.ts';
import type { BrokenTrial, Strike, Sweep, Swept, Trial } from './sweep.ts';

/** What a sweep means: it holds if there was something to try, all was tried, and every promise was put to the test. */
export const sweepFinding = ({ broken, trials, possible, untried }: Sweep): Finding => {
  if (broken.some(({ differs }) => differs === undefined)) return 'violated';
  const isDone = trials.length > 0 && trials.length === possible;
  return isDone && broken.length === 0 && untried.length === 0 ? 'holds' : 'unknown';
};

const headings = {
  statements: ['is lost', 'loses its answer', 'ends with its process', 'is a deadlock victim'],
  calls: ['is not sent', 'loses its answer', 'is done late', 'is done twice'],
  webhooks: ['is lost', 'loses its answer', 'is delivered twice'],
} as const;

const placeColumns = 42;
const cellColumns = 9;

const kindOf = (what: string): keyof typeof headings =>
  what === 'webhook' ? 'webhooks' : / calls \S+$/.test(what) ? 'calls' : 'statements';

/** `5` held, `2 of 5!` broke something, `-` when it cannot come to that. */
const cell = (what: string, harm: string, trials: readonly Trial[]): string => {
  const here = trials.filter(({ strikes }) =>
    strikes.some(({ point, harm: own }) => point.what === what && own === harm),
  );
  const bad = here.filter(({ fingerprint }) => fingerprint.length > 0).length;
  if (here.length === 0) return '-';
  return bad === 0 ? String(here.length) : `${bad} of ${here.length}!`;
};

const tableOf = (kind: keyof typeof headings, { points, trials }: Sweep): readonly string[] => {
  const places = [...new Set(points.map(({ what }) => what))].filter((what) => kindOf(what) === kind);
  if (places.length === 0) return [];
  const names = { statements: ['lost', 'answer', 'process', 'deadlock'], calls: ['unsent', 'answer', 'late', 'twice'] };
  const titles = kind === 'webhooks' ? ['lost', 'answer', 'twice'] : names[kind];
  const row = (first: string, cells: readonly string[]): string =>
    `  ${harmless(first)
      .slice(0, placeColumns - 1)
      .padEnd(placeColumns)}${cells.map((one) => one.padStart(cellColumns)).join('')}`.trimEnd();
  return [
    row(kind, titles),
    ...places.map((what) =>
      row(
        what,
        headings[kind].map((harm) => cell(what, harm, trials)),
      ),
    ),
    '',
  ];
};

/** `api commit (number 2) loses its answer`; of a turn `api-2 commit goes before api-1 commit`. */
export const strikeText = ({ point, harm }: Strike, swept: Swept): string => {
  const what = `${harmless(point.what)}${point.nthAlike === 1 ? '' : ` (number ${point.nthAlike})`}`;
  return swept === 'turns' ? `${harmless(harm)} goes before ${what}` : `${what} ${harm}`;
};

const brokenText = (trial: BrokenTrial, kept: string, swept: Sweep, command: string, paint: Paint): string => {
  const why =
    trial.strikes.map((strike) => strikeText(strike, swept.swept)).join(', and then ') || 'nothing comes to harm';
  const also = swept.trials.filter(({ fingerprint }) => fingerprint.join() === trial.fingerprint.join()).length - 1;
  return [
    wrapped(`  When ${why}${also > 0 ? `; ${also} more break the same` : ''}:`, 4),
    paint('title', breachText(trial.outcome)),
    trial.differs === undefined
      ? `  Replay: ${command} replay ${kept}`
      : wrapped(`  not repeatable: ${harmless(trial.differs)}`, 4),
    '',
  ].join('\n');
};

/** What a sweep is told with. */
export interface SweepTelling {
  readonly title: string;
  readonly tookMs: number;
  /** Names of the kept worlds, in the order of `broken`. */
  readonly kept: readonly string[];
  /** How a person calls topple. */
  readonly command: string;
}

const meaning: Readonly<Record<Swept, string>> = {
  harms:
    'A number counts worlds in which every promise held; - is what cannot come to it: a deadlock is met by ' +
    'statements that take locks inside a transaction. Not reached: what the calm order does not do, and races.',
  turns:
    'Each world leaves the usual order, in which every actor ends what it has begun, once, or twice in a pair; gates ' +
    'split inserts. Not reached: races that take more changes of turn, and what only harm leads to.',
};

/** The coverage table, what was broken, and what was not reached. */
export const sweepText = (
  sweep: Sweep,
  { title, tookMs, kept, command }: SweepTelling,
  paint: Paint = plain,
): string => {
  const { points, trials, broken, possible, swept, orders, untried } = sweep;
  const arePairs = trials.some(({ strikes }) => strikes.length > 1);
  const done = trials.length < possible ? `${trials.length} of ${possible}` : `all ${possible}`;
  const where = `${points.length} points of ${orders === 1 ? 'one order' : `${orders} orders`}`;
  const how = `${swept}${arePairs ? ', alone and in pairs,' : ''}`;
  const finding = sweepFinding(sweep);
  return [
    paint('title', wrapped(title, 2)),
    wrapped(`  tried  ${done} ${how} at ${where}, in ${inWords(tookMs)}`, 9),
    '',
    ...(swept === 'harms'
      ? (['statements', 'calls', 'webhooks'] as const).flatMap((kind) => tableOf(kind, sweep))
      : []),
    ...broken.map((trial, index) => brokenText(trial, kept[index] ?? '', sweep, command, paint)),
    ...(untried.length > 0 ? [wrapped(`  because nothing could have broken ${untried.join(', ')}`, 4)] : []),
    wrapped(`  ${meaning[swept]}`, 2),
    `  ${paint(finding, finding.toUpperCase())} after ${inWords(tookMs)}`,
  ].join('\n');
};
