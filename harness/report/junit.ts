/** A run as JUnit XML: suite = scenario, case = invariant. An unknown is an error or skipped, never a pass. */
import type { Testimony } from '../run/agreement.ts';
import type { RunResult } from '../run/result.ts';
import { rerunOf } from './words.ts';

/** Also without the control characters that XML 1.0 cannot hold. */
const escaped = (text: string): string =>
  [...text]
    .map((letter) => (letter < ' ' && !'\t\n\r'.includes(letter) ? ' ' : letter))
    .join('')
    .replace(/[<>&"']/g, (letter) => `&#${letter.charCodeAt(0)};`);

type Outcome = 'failure' | 'error' | 'skipped' | 'passed';

const outcomeOf = ({ audit, agreement }: Testimony, promised: boolean): Outcome => {
  if (audit.finding === 'violated' || agreement === 'missed' || agreement === 'false alarm') return 'failure';
  if (agreement === 'blind') return promised ? 'error' : 'skipped';
  if (audit.finding === 'unknown') return promised ? 'error' : 'skipped';
  return 'passed';
};

const caseOf = (scenario: string, testimony: Testimony, outcome: Outcome): string => {
  const { audit, agreement } = testimony;
  const open = `  <testcase classname="${escaped(scenario)}" name="${audit.invariant.id}"`;
  if (outcome === 'passed') return `${open}/>`;
  const stories = audit.witnesses.map((witness) => `${witness.subject} ${witness.story}`);
  const why = [...(audit.reason === undefined ? [] : [audit.reason]), ...stories, `alert: ${agreement}`].join('\n');
  const message = `message="${audit.finding}, alert: ${agreement}"`;
  return `${open}>\n    <${outcome} ${message}>${escaped(why)}</${outcome}>\n  </testcase>`;
};

/** The XML document. Evidence that is missing and orders that never rested are a case of their own. */
export const junitReport = (result: RunResult): string => {
  const { scenario, seed } = result.request;
  const judged = result.testimonies.map((testimony) => {
    const promised = scenario.expect.some(({ id }) => id === testimony.audit.invariant.id);
    return { testimony, outcome: outcomeOf(testimony, promised) };
  });
  const cases = judged.map(({ testimony, outcome }) => caseOf(scenario.id, testimony, outcome));
  const verdict = ({ holds: 'passed', violated: 'failure', unknown: 'error' } as const)[result.verdict.finding];
  const reasons = verdict === 'passed' ? '' : `<${verdict}>${escaped(result.verdict.reasons.join('\n'))}</${verdict}>`;
  const whole = `  <testcase classname="${scenario.id}" name="verdict">${reasons}</testcase>`;
  const outcomes: Outcome[] = [...judged.map(({ outcome }) => outcome), verdict];
  const count = (outcome: Outcome) => outcomes.filter((other) => other === outcome).length;
  const counts = `failures="${count('failure')}" errors="${count('error')}" skipped="${count('skipped')}"`;
  const seconds = (result.tookMs / 1_000).toFixed(3);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuite name="${scenario.id}" tests="${outcomes.length}" ${counts} time="${seconds}">`,
    '  <properties>',
    `    <property name="seed" value="${seed}"/>`,
    `    <property name="rerun" value="${escaped(rerunOf(result.request, result.system.command))}"/>`,
    '  </properties>',
    ...cases,
    whole,
    '</testsuite>',
    '',
  ].join('\n');
};
