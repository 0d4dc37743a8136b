/** The look of the report: light and dark by the reader's own setting, one column on a phone, printable. */
import type { Markup } from '../markup.ts';

const css = `
:root { color-scheme: light dark; --text: #1b1f24; --ground: #ffffff; --faint: #57606a; --line: #d0d7de;
  --box: #f6f8fa;
  --holds: #116329; --violated: #b42318; --unknown: #7a4d00; --fault: #ece3fb; --mark: #5a32a3; --s0: #0b5cad;
  --s1: #b42318;
  --s2: #116329; --s3: #7a4d00; --s4: #5a32a3; --s5: #57606a; }
@media (prefers-color-scheme: dark) { :root { --text: #e6edf3; --ground: #0d1117; --faint: #9da7b3; --line: #30363d;
  --box: #161b22; --holds: #56d364; --violated: #ff8b7e; --unknown: #e3b341; --fault: #2d2250; --mark: #c8a8ff;
  --s0: #79b8ff;
  --s1: #ff8b7e; --s2: #56d364; --s3: #e3b341; --s4: #c8a8ff; --s5: #9da7b3; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 72rem; padding: 1rem; color: var(--text); background: var(--ground);
  font: 16px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0.5rem 0; } h2 { font-size: 1.2rem; margin: 2rem 0 0.5rem; }
h3 { font-size: 1rem; margin: 1rem 0 0.25rem; } p { margin: 0.4rem 0; }
a { color: var(--s0); }
  a:focus-visible, summary:focus-visible, [tabindex]:focus-visible { outline: 3px solid var(--s0);
  outline-offset: 2px; }
.skip { position: absolute; left: -99rem; } .skip:focus { left: 1rem; top: 0.5rem; background: var(--ground);
  padding: 0.5rem; }
.verdict { border-left: 0.5rem solid; padding: 0.25rem 1rem; background: var(--box); }
.holds { color: var(--holds); } .violated { color: var(--violated); } .unknown { color: var(--unknown); }
.verdict > * { color: var(--text); } .verdict > h1 { color: inherit; } .faint { color: var(--faint); }
code, pre { font: 0.9rem/1.45 ui-monospace, monospace; } pre { background: var(--box); border: 1px solid var(--line);
  padding: 0.6rem; white-space: pre-wrap; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-size: 0.92rem; }
caption { text-align: left; color: var(--faint); padding: 0.25rem 0; } th, td { text-align: left; vertical-align: top;
  border-bottom: 1px solid var(--line); padding: 0.35rem 0.6rem 0.35rem 0; overflow-wrap: normal; }
.when { white-space: nowrap; } th { font-weight: 600; } td.proof, .proof { font-weight: 700; color: var(--violated); }
summary { cursor: pointer; padding: 0.3rem 0; } .panels { display: grid; gap: 1rem;
  grid-template-columns: repeat(auto-fill, minmax(min(20rem, 100%), 1fr)); }
figure { margin: 0; border: 1px solid var(--line); padding: 0.6rem; background: var(--box); }
figcaption { font-size: 0.9rem; } svg { width: 100%; height: auto; display: block; } svg text { fill: var(--faint);
  font: 11px system-ui, sans-serif; } .axis { stroke: var(--line); } .fault { fill: var(--fault); }
  .order { stroke: var(--line); }
.s0 { stroke: var(--s0); color: var(--s0); } .s1 { stroke: var(--s1); color: var(--s1); } .s2 { stroke: var(--s2);
  color: var(--s2); }
.s3 { stroke: var(--s3); color: var(--s3); } .s4 { stroke: var(--s4); color: var(--s4); } .s5 { stroke: var(--s5);
  color: var(--s5); }
.line { fill: none; stroke-width: 1.6; } .key { display: inline-block; margin-right: 0.8rem; font-size: 0.82rem; }
.glyph { fill: var(--text); stroke: none; } .bad { fill: var(--violated); }
@media print { body { max-width: none; } details { display: block; } figure { break-inside: avoid; } }
`;

/** A style element without anything that was filled in. */
export const styleSheet: Markup = { markup: `<style>${css}</style>` };
