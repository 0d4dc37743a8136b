/** What every HTML report has to be, whoever wrote the strings in it. For tests. */

const voids = new Set(['meta', 'path', 'rect', 'line', 'use']);
const tag = /<(\/?)([a-z][a-z0-9]*)((?: [a-z][a-z0-9-]*="[^"<>]*")*) ?(\/?)>/gi;

/** Tags that open without closing or the other way round, and any bracket or quote that is no part of one. */
const structureProblems = (body: string): string[] => {
  const open: string[] = [];
  const problems: string[] = [];
  for (const [whole, slash, name = '', , selfClosing] of body.matchAll(tag)) {
    if (voids.has(name) || selfClosing === '/') continue;
    if (slash === '') open.push(name);
    else if (open.pop() !== name) problems.push(`${whole} closes something else`);
  }
  const text = body.replace(tag, '');
  return [
    ...problems,
    ...open.map((name) => `<${name}> is not closed`),
    ...(/[<>"']/.test(text) ? [`not escaped: ${/.{0,30}[<>"'].{0,30}/s.exec(text)?.[0]}`] : []),
  ];
};

const all = (html: string, pattern: RegExp): string[] => [...html.matchAll(pattern)].map(([, value = '']) => value);

/** What somebody needs who does not see, has no mouse, or has no network. */
const accessProblems = (html: string): string[] => {
  const ids = all(html, / id="([^"]*)"/g);
  const targets = all(html, / href="([^"]*)"/g);
  const references = [
    ...targets.filter((one) => one.startsWith('#')).map((one) => one.slice(1)),
    ...all(html, / aria-labelledby="([^"]*)"/g),
  ];
  const tables = all(html, /<table([\s\S]*?)<\/table>/g);
  const headings = all(html, /<h([1-6])[ >]/g).map(Number);
  return [
    ...ids.filter((id, index) => ids.indexOf(id) !== index).map((id) => `the id ${id} is there twice`),
    ...references.filter((id) => !ids.includes(id)).map((id) => `nothing has the id ${id}`),
    ...targets.filter((one) => !/^(#|[a-z-]+\.[a-z]+$)/.test(one)).map((one) => `${one} leads away`),
    ...tables.filter((table) => !table.includes('<caption>')).map(() => 'a table has no caption'),
    ...tables.filter((table) => /<th>/.test(table)).map(() => 'a heading of a table has no scope'),
    ...all(html, /<svg([^>]*)>/g)
      .filter((attributes) => !/aria-hidden="true"|role="img" aria-label="[^"]+"/.test(attributes))
      .map((attributes) => `a picture has neither words nor aria-hidden: ${attributes}`),
    ...all(html, /<details[^>]*>(?!<summary)([\s\S]{0,20})/g).map((after) => `details without summary: ${after}`),
    ...headings
      .filter((level, index) => index > 0 && level > (headings[index - 1] ?? 0) + 1)
      .map((level) => `h${level} skips a level`),
    ...(headings.filter((level) => level === 1).length === 1 ? [] : ['there is not one h1']),
    ...(/<script|\ssrc=|@import|url\(|\son[a-z]+=/i.test(html) ? ['it runs or loads something'] : []),
  ];
};

/** Everything that is wrong with a report as a document; empty for a good one. */
export const problemsIn = (html: string): readonly string[] => {
  const body = html.slice(html.indexOf('<body>'), html.indexOf('</html>')).replace(/&#\d+;|&amp;/g, '');
  return [...structureProblems(body), ...accessProblems(html)];
};

/** The text that a reader sees, without tags. */
export const textOf = (html: string): string =>
  html
    .slice(html.indexOf('<body>'))
    .replace(/<[^>]*>/g, ' ')
    .replace(/&#(\d+);/g, (_all, code) => String.fromCharCode(Number(code)))
    .replace(/\s+/g, ' ')
    .trim();
