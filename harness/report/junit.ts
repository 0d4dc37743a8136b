/** A run as JUnit XML: suite = scenario, case = invariant. An unknown is an error or skipped, never a pass. */
import { alertNameOf } from '../invariant.ts';
import type { Testimony } from '../run/agreement.ts';
import type { Audit, Finding } from '../run/audit.ts';
import type { RunResult } from '../run/result.ts';
import { effortLines, k6Lines } from './load-lines.ts';
import { joined, type Markup, markup, none } from './markup.ts';
import { untestedIn } from './untested.ts';
import { classOf, dashboardsOf, rerunOf } from './words.ts';

type Outcome = 'failure' | 'error' | 'skipped' | 'passed';

const outcomeOf = ({ audit, agreement }: Testimony, promised: boolean): Outcome => {
  if (audit.finding === 'violated' || agreement === 'missed' || agreement === 'false alarm') return 'failure';
  if (agreement === 'blind') return promised ? 'error' : 'skipped';
  if (audit.finding === 'unknown') return promised ? 'error' : 'skipped';
  return 'passed';
};

const lines = (texts: readonly string[]): Markup => joined(texts.map((text) => markup`${text}`));

/** `failure` and the like come before the output, as the usual schemas have it. */
const elementOf = (outcome: Outcome, message: string, why: Markup): Markup => {
  if (outcome === 'failure') return markup`    <failure message="${message}">${why}</failure>\n`;
  if (outcome === 'error') return markup`    <error message="${message}">${why}</error>\n`;
  return outcome === 'skipped' ? markup`    <skipped message="${message}">${why}</skipped>\n` : none;
};

interface Case {
  readonly name: string;
  readonly outcome: Outcome;
  readonly body: Markup;
}

/** Thousands of the same kind would hide what else a file of results says; verdict.json has them all. */
const storiesMax = 20;

const storiesOf = ({ witnesses }: Audit): string[] => {
  const stories = witnesses.slice(0, storiesMax).map((one) => `${one.subject} ${one.story}${classOf(one)}`);
  const more = witnesses.length - stories.length;
  return more === 0 ? stories : [...stories, `and ${more} more, see verdict.json`];
};

const caseOf = (result: RunResult, testimony: Testimony): Case => {
  const { audit, agreement } = testimony;
  const promised = result.request.scenario.expect.some(({ id }) => id === audit.invariant.id);
  const outcome = outcomeOf(testimony, promised);
  const why = lines([...(audit.reason === undefined ? [] : [audit.reason]), ...storiesOf(audit)]);
  const message = `${audit.finding}, dashboards: ${agreement}`;
  const said = lines([
    `books: ${audit.finding}, ${audit.exercised} checked`,
    `dashboards: ${dashboardsOf(testimony, alertNameOf(audit.invariant))}`,
  ]);
  const output = markup`    <system-out>${said}</system-out>\n`;
  return { name: audit.invariant.id, outcome, body: markup`${elementOf(outcome, message, why)}${output}` };
};

const sharpened: Readonly<Record<Finding, Outcome>> = { holds: 'passed', violated: 'failure', unknown: 'error' };

/** The verdict as a case of its own: evidence that is missing and orders that never rested belong to no invariant. */
const verdictCase = ({ verdict }: RunResult): Case => {
  const outcome = sharpened[verdict.finding];
  return { name: 'verdict', outcome, body: elementOf(outcome, verdict.finding, lines(verdict.reasons)) };
};

/** What k6 and the effort say, each line that is a finding as a case of its own. */
const loadCases = ({ load }: RunResult): readonly Case[] =>
  load === undefined
    ? []
    : [...k6Lines(load), ...effortLines(load)].flatMap(({ text, look }) => {
        if (look === undefined) return [];
        const outcome = sharpened[look];
        const output = markup`    <system-out>${text}</system-out>\n`;
        const [name = text] = text.split(': ');
        return { name, outcome, body: markup`${elementOf(outcome, look, lines([text]))}${output}` };
      });

const propertiesOf = ({ request, system }: RunResult): readonly Markup[] =>
  Object.entries({
    seed: String(request.seed),
    variant: request.variant ?? '',
    lie: request.lie?.id ?? '',
    world: system.world,
    ...Object.fromEntries(Object.entries(system.versions).map(([name, version]) => [`${name} version`, version])),
    rerun: rerunOf(request, system.command),
  })
    .filter(([, value]) => value !== '')
    .map(([name, value]) => markup`    <property name="${name}" value="${value}"/>\n`);

const lastWords = (result: RunResult): Markup =>
  lines([
    ...untestedIn(result).map(({ what, names }) => `not tested: ${what}: ${names.join(', ')}`),
    `Rerun: ${rerunOf(result.request, result.system.command)}`,
  ]);

/** The XML document. */
export const junitReport = (result: RunResult): string => {
  const suite = result.request.scenario.id;
  const testimonies = result.testimonies.map((testimony) => caseOf(result, testimony));
  const cases = [...testimonies, ...loadCases(result), verdictCase(result)];
  const counted = (wanted: Outcome) => cases.filter(({ outcome }) => outcome === wanted).length;
  const seconds = (result.tookMs / 1_000).toFixed(3);
  const counts = markup`failures="${counted('failure')}" errors="${counted('error')}" skipped="${counted('skipped')}"`;
  const rows = cases.map(
    ({ name, body }) => markup`  <testcase classname="${suite}" name="${name}">\n${body}  </testcase>\n`,
  );
  return markup`<?xml version="1.0" encoding="UTF-8"?>
<testsuite name="${suite}" tests="${cases.length}" ${counts} time="${seconds}">
  <properties>
${propertiesOf(result)}  </properties>
${rows}  <system-out>${lastWords(result)}</system-out>
</testsuite>
`.markup;
};
