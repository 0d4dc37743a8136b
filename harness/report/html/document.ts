/** The frame of an HTML report: one file without a script that loads nothing. */
import { type Markup, markup } from '../markup.ts';
import { style } from './style.ts';

/** A part of a report with a place in its navigation. */
export interface Section {
  readonly id: string;
  readonly title: string;
  readonly content: Markup | readonly Markup[];
}

/** A whole document; `head` has its only h1. */
export const documentOf = ({
  title,
  head,
  sections,
}: {
  readonly title: string;
  readonly head: Markup;
  readonly sections: readonly Section[];
}): string => {
  const links = sections.map((section) => markup`<li><a href="#${section.id}">${section.title}</a></li>\n`);
  const bodies = sections.map(
    (section) => markup`<section id="${section.id}" aria-labelledby="${section.id}-title">
<h2 id="${section.id}-title">${section.title}</h2>
${section.content}
</section>\n`,
  );
  const css: Markup = { markup: style };
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${title}</title>
<style>${css}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the findings</a>
${head}
<nav aria-label="Sections"><ul>${links}</ul></nav>
<main id="main" tabindex="-1">
${bodies}</main>
<footer></footer>
</body>
</html>
`.markup;
};
