/**
 * A run as one HTML file: no script, no network, nothing beside it. Whoever opens it, years later and on another
 * machine, finds what was run, what went wrong, who noticed, and how to repeat it.
 */
import type { RunResult } from '../../run/result.ts';
import { type Markup, markup } from '../markup.ts';
import { agreementOf } from './agreement.ts';
import { axisOf } from './axis.ts';
import { breachesOf } from './breaches.ts';
import { headOf } from './head.ts';
import { panelsOf } from './panels.ts';
import { style } from './style.ts';
import { againOf, evidenceOf, loadOf, logsOf, untestedOf } from './tail.ts';
import { timelineOf } from './timeline.ts';

interface Section {
  readonly id: string;
  readonly title: string;
  readonly content: Markup | readonly Markup[];
}

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
  const sections = sectionsOf(result, runId);
  const links = sections.map(({ id, title }) => markup`<li><a href="#${id}">${title}</a></li>\n`);
  const bodies = sections.map(
    ({ id, title, content }) => markup`<section id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${title}</h2>
${content}
</section>\n`,
  );
  const css: Markup = { markup: style };
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${result.verdict.finding}: ${scenario.id}, seed ${seed} (topple)</title>
<style>${css}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the findings</a>
${headOf(result)}
<nav aria-label="Sections"><ul>${links}</ul></nav>
<main id="main" tabindex="-1">
${bodies}</main>
<footer></footer>
</body>
</html>
`.markup;
};
