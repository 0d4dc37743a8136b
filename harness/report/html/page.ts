/**
 * A run as one HTML file: no script, no network, nothing beside it. Whoever opens it, years later and on another
 * machine, finds what was run, what went wrong, who noticed, and how to repeat it.
 */
import type { RunResult } from '../../run/result.ts';
import { agreementOf } from './agreement.ts';
import { axisOf } from './axis.ts';
import { breachesOf } from './breaches.ts';
import { documentOf, type Section } from './document.ts';
import { headOf } from './head.ts';
import { panelsOf } from './panels.ts';
import { againOf, evidenceOf, loadOf, logsOf, untestedOf } from './tail.ts';
import { timelineOf } from './timeline.ts';

const sectionsOf = (result: RunResult, runId: string): readonly Section[] => {
  const axis = axisOf(result);
  const breaches = breachesOf(result, axis);
  return [
    ...(breaches.length === 0 ? [] : [{ id: 'breaches', title: 'What went wrong', content: breaches }]),
    { id: 'agreement', title: 'Did the dashboards tell the truth?', content: agreementOf(result, axis) },
    { id: 'timeline', title: 'What happened when', content: timelineOf(result, axis) },
    { id: 'panels', title: 'What the board showed', content: panelsOf(result, axis) },
    ...(result.load === undefined
      ? []
      : [{ id: 'load', title: 'What k6 says, and how hard the system tried', content: loadOf(result.load) }]),
    { id: 'evidence', title: 'Was it really tested?', content: evidenceOf(result) },
    { id: 'logs', title: 'Logs and files', content: logsOf(result) },
    { id: 'untested', title: 'What was not tested', content: untestedOf(result) },
    { id: 'again', title: 'Run it again', content: againOf(result, runId) },
  ];
};

/** The document; `runId` names the run for `replay`. */
export const htmlReport = (result: RunResult, runId: string): string => {
  const { scenario, seed } = result.request;
  return documentOf({
    title: `${result.verdict.finding}: ${scenario.id}, seed ${seed} (topple)`,
    head: headOf(result),
    sections: sectionsOf(result, runId),
  });
};
