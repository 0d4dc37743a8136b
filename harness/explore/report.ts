/** What a search, a replay or a shrinking came to, as text for a terminal of 80 columns. */
import { alertNameOf } from '../invariant.ts';
import { type Paint, plain } from '../report/paint.ts';
import { harmless, wrapped } from '../report/plain-text.ts';
import { actualOf, dashboardsOf, inWords } from '../report/words.ts';
import type { Testimony } from '../run/agreement.ts';
import type { WorldOutcome } from './one-world.ts';
import type { FoundDocument, SearchDocument, SmallestDocument } from './search-document.ts';
import { timelineOf, timelineText } from './timeline.ts';

const columnsMax = 80;
const linesMax = 24;

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** How much was looked at. */
const tallyText = ({ worlds, worldsPerMinute, different, counts, tookMs }: SearchDocument): string => {
  const { statements, waits, deadlocks, harms } = counts;
  const speed = `${counted(worlds, 'world')} in ${inWords(tookMs)} (${worldsPerMinute} a minute)`;
  const seen = `${speed}, ${different} different`;
  const met = [counted(statements, 'statement'), counted(waits, 'lock wait'), counted(deadlocks, 'deadlock')];
  return wrapped(`  looked at  ${seen}: ${[...met, counted(harms, 'harm')].join(', ')}`, 13);
};

/** Of an exhaustive search: how many interleavings each two requests have, and what was left out. */
const pairsText = ({ pairs }: SearchDocument): readonly string[] => {
  if (pairs === null) return [];
  if (pairs.length === 0) return ['  pairs      none: no two requests were under way together'];
  const lines = pairs.map(({ requests, interleavings, isExhausted }) => {
    const count = counted(interleavings, 'interleaving');
    const many = isExhausted ? `all ${count}` : `${count}, not all,`;
    return wrapped(`  pairs      ${many} of ${requests.map(harmless).join(' and ')}`, 13);
  });
  const calm = 'harm, time, gates, jobs, and what more than two requests do to each other';
  return [...lines, wrapped(`  not varied ${calm}`, 13)];
};

/** Why an exhaustive search that found nothing says nothing yet, and what to do. */
const unfinishedText = ({ pairs, found }: SearchDocument): readonly string[] => {
  if (pairs === null || found !== null) return [];
  if (pairs.length === 0) return [wrapped('  because there was nothing to vary: --orders N has more at once', 4)];
  const isDone = pairs.every(({ isExhausted }) => isExhausted);
  return isDone ? [] : [wrapped('  because not all interleavings were made: a longer --budget gets further', 4)];
};

/** What happened in some worlds, and what in none. */
const marksText = ({ marks }: SearchDocument): string => {
  const met = Object.entries(marks).filter(([, worlds]) => worlds > 0);
  const never = Object.entries(marks).filter(([, worlds]) => worlds === 0);
  const said = met.map(([mark, worlds]) => `${mark} in ${worlds}`).join(', ') || 'nothing out of the ordinary';
  const unmet = never.length === 0 ? '' : `; never: ${never.map(([mark]) => mark).join(', ')}`;
  return wrapped(`  met        ${said}${unmet}`, 13);
};

/** What dashboards said: how often they agreed with the books. */
const watchedText = ({ watched, agreements, lie }: SearchDocument): readonly string[] => {
  if (watched === null) return [];
  const counts = Object.entries(agreements).map(([agreement, times]) => `${agreement} ${times}`);
  const through = lie === null ? '' : `, watched through ${lie}`;
  return [wrapped(`  dashboards promises in worlds, by production's rules${through}: ${counts.join(', ')}`, 13)];
};

/** Testimonies worth telling: of what is violated, and of what dashboards cried wolf about. */
export const worthTelling = ({ testimonies }: Pick<WorldOutcome, 'testimonies'>): readonly Testimony[] =>
  testimonies.filter(({ audit, liars }) => audit.finding === 'violated' || liars.length > 0);

const dashboardsText = (testimony: Testimony): string =>
  wrapped(`  Dashboards: ${dashboardsOf(testimony, alertNameOf(testimony.audit.invariant))}.`, 4);

/** Each broken promise with its first witness, what dashboards said of it, and what did not come to rest. */
export const breachText = (
  { audits, testimonies, restless }: Pick<WorldOutcome, 'audits' | 'testimonies' | 'restless'>,
  paint: Paint = plain,
): string => {
  const broken = audits.flatMap(({ invariant, witnesses }) => {
    const [first] = witnesses;
    if (first === undefined) return [];
    return [
      paint('title', wrapped(`${invariant.id} is violated: ${harmless(`${first.subject} ${first.story}`)}.`, 2)),
      wrapped(`  Expected ${harmless(first.expected)}; found ${harmless(actualOf(first))}.`, 4),
    ];
  });
  const stuck = restless.map((what) =>
    wrapped(`not at rest four hours after everything was healed: ${harmless(what)}`, 2),
  );
  const told = worthTelling({ testimonies }).map(dashboardsText);
  return [...broken, ...told, ...stuck].join('\n');
};

/** Steps without what they brought, and without time: `webhooks-1 insert into …`. */
const stepsOf = (lines: readonly string[]): readonly string[] =>
  lines.filter((line) => !/^\S+ [=!] |^clock |^\S+ (stands at|passes) its gate/.test(line));

/** The first steps of a world, for a breach that no single step brought about. */
const stepsText = ({ lines }: WorldOutcome): string => {
  const steps = stepsOf(lines);
  const shown = steps.slice(0, linesMax).map((line) => `   ${harmless(line)}`.slice(0, columnsMax));
  return [...shown, ...(steps.length > linesMax ? [`   … ${steps.length - linesMax} more steps`] : [])].join('\n');
};

/** The first promise that a watched world broke, and the line since which it has been broken. */
export const guiltIn = ({
  fingerprint,
  brokenSince,
}: Pick<WorldOutcome, 'fingerprint' | 'brokenSince'>):
  | { readonly promise: string; readonly line: number }
  | undefined => {
  const promise = fingerprint.find((id) => brokenSince.has(id));
  const step = promise === undefined ? undefined : brokenSince.get(promise);
  return promise === undefined || step === undefined ? undefined : { promise, line: step.line };
};

/** How a watched world came to its breach: up to the step that broke the promise, or from the beginning. */
export const wayText = (watched: WorldOutcome): string => {
  const guilt = guiltIn(watched);
  if (guilt === undefined) return stepsText(watched);
  const way = timelineText(timelineOf(watched.lines, guilt.line, watched.moves));
  return `${way}\n  and since this step ${guilt.promise} is broken.`;
};

/** The choices that a shrunk world needs. */
export const deviationsText = (deviations: readonly string[]): string =>
  deviations.length === 0
    ? 'It needs no choice at all: each actor ends what it has begun, and nothing comes to harm.'
    : `It needs ${counted(deviations.length, 'choice')}, in this order; all else is what disturbs least:`;

/** These choices, one per line. */
export const choicesText = (deviations: readonly string[]): readonly string[] =>
  deviations.map((choice, index) => `  ${String(index + 1).padStart(3)}. ${harmless(choice)}`.slice(0, columnsMax));

/** `2 orders and 1 switch between sessions`: how small a world is. */
export const sizeText = (orders: number, switches: number): string =>
  `${counted(orders, 'order')} and ${switches} switch${switches === 1 ? '' : 'es'} between sessions`;

const smallestText = ({ orders, switches, choices, way, tries }: SmallestDocument): readonly string[] => [
  wrapped(`  Shrunk to ${sizeText(orders, switches)}; ${counted(tries, 'world')} tried. ${deviationsText(choices)}`, 2),
  ...choicesText(choices),
  '',
  way,
  '',
];

const foundText = (found: FoundDocument, command: string, paint: Paint): readonly string[] => {
  const { seed, differs, story, kept, page, smallest } = found;
  const repeated =
    differs === null ? 'repeated three times, equal to the byte' : `not repeatable: ${harmless(differs)}`;
  return [
    wrapped(`  broken in world ${seed}, ${repeated}`, 10),
    '',
    paint('title', story),
    '',
    ...(smallest === null ? [] : smallestText(smallest)),
    `  Report: ${page}`,
    `  Replay: ${command} replay ${smallest?.kept ?? kept}`,
    ...(smallest === null ? [`  Shrink: ${command} shrink ${kept}`] : [`  As found: ${command} replay ${kept}`]),
  ];
};

/** A whole search; `command` is how a person calls topple. */
export const searchText = (document: SearchDocument, command: string, paint: Paint = plain): string => {
  const { scenario, firstSeed, target, variant, shard, expected, exercised, meaningless, found, finding } = document;
  const against = variant === null ? target : `${target} with ${variant}`;
  const part = shard === '1/1' ? '' : `, part ${shard}`;
  const untried = expected.filter((id) => (exercised[id] ?? 0) === 0);
  const unseen = (document.watched ?? []).filter((id) => (document.seen[id] ?? 0) === 0);
  return [
    paint('title', wrapped(`${scenario}, worlds from ${firstSeed} on${part}, against ${against}`, 2)),
    tallyText(document),
    marksText(document),
    ...pairsText(document),
    ...watchedText(document),
    ...(found === null ? [] : foundText(found, command, paint)),
    ...(untried.length > 0 ? [wrapped(`  because nothing could have broken ${untried.join(', ')}`, 4)] : []),
    ...(unseen.length > 0
      ? [wrapped(`  because alert or panel were blind in every world for ${unseen.join(', ')}`, 4)]
      : []),
    ...unfinishedText(document),
    ...(meaningless.length > 0 ? [wrapped(`  Without meaning here, and left out: ${meaningless.join(', ')}.`, 4)] : []),
    `  ${paint(finding, finding.toUpperCase())} after ${inWords(document.tookMs)}`,
  ].join('\n');
};
