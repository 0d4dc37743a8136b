/** The look of the report: light and dark, phone and paper. Every colour is named once per scheme. */

/** Colours by name. Text and signs are readable on `ground`, `raised` and `soft…`; a test computes the contrast. */
export const schemes = {
  light: {
    ground: '#ffffff',
    raised: '#f5f6f8',
    text: '#1b1f24',
    faint: '#57606a',
    edge: '#c9d0d8',
    holds: '#176e31',
    violated: '#b3261e',
    unknown: '#7d4f00',
    fault: '#6b3fb5',
    link: '#0b57b8',
    look0: '#0b57b8',
    look1: '#9a4a00',
    look2: '#176e31',
    look3: '#8a3ffc',
    look4: '#b3261e',
    look5: '#0f6e6e',
    look6: '#57606a',
    look7: '#9f2f6f',
  },
  dark: {
    ground: '#101418',
    raised: '#1a2027',
    text: '#e7ebf0',
    faint: '#a3aeba',
    edge: '#3a444f',
    holds: '#63d68f',
    violated: '#ff8a80',
    unknown: '#f2bd4b',
    fault: '#c3a6ff',
    link: '#82bbff',
    look0: '#82bbff',
    look1: '#ffb070',
    look2: '#63d68f',
    look3: '#cfa8ff',
    look4: '#ff8a80',
    look5: '#5fd3d3',
    look6: '#a3aeba',
    look7: '#ff9bcf',
  },
} as const;

const variables = (scheme: Readonly<Record<string, string>>): string =>
  Object.entries(scheme)
    .map(([name, colour]) => `--${name}:${colour}`)
    .join(';');

const dashes = ['none', '7 3', '2 3', '9 3 2 3', '4 2', '1 4', '12 4', '5 2 1 2'];
const looks = dashes.map((dash, index) => `.look-${index}{stroke:var(--look${index});stroke-dasharray:${dash}}`);

/** The whole style sheet. */
export const style = `
:root{color-scheme:light dark;${variables(schemes.light)}}
@media (prefers-color-scheme:dark){:root{${variables(schemes.dark)}}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--ground);color:var(--text);font:1rem/1.5 system-ui,sans-serif}
main,header,nav{max-width:72rem;margin:0 auto;padding:0 1rem}
header{padding-top:1.5rem}
.skip{position:absolute;left:-99rem}
.skip:focus{left:1rem;top:.5rem;background:var(--ground);padding:.5rem;z-index:1}
h1{font-size:1.9rem;line-height:1.2;margin:.5rem 0}
h2{font-size:1.35rem;margin:2.5rem 0 .5rem;padding-top:1rem;border-top:1px solid var(--edge)}
h3{font-size:1.05rem;margin:1.5rem 0 .5rem;overflow-wrap:anywhere}
p,ul,ol,dl{margin:.5rem 0}
p,dd,li{max-width:50rem}
small{color:var(--faint);font-size:.85rem}
a{color:var(--link)}
:focus-visible{outline:3px solid var(--link);outline-offset:2px}
code,pre,.time{font-family:ui-monospace,Menlo,Consolas,monospace;font-size:.875rem}
q{quotes:'“' '”'}
.product{color:var(--faint);max-width:50rem}
.hypothesis{font-size:1.1rem}
.finding{font-weight:600;white-space:nowrap}
h1 .finding{text-transform:uppercase;border:2px solid;border-radius:.4rem;padding:.1rem .6rem;margin-right:.4rem}
.finding.holds{color:var(--holds)}.finding.violated,.note,.proof-word{color:var(--violated)}
.finding.unknown{color:var(--unknown)}
.reasons{padding-left:1.2rem;font-weight:600}
dl.facts,dl.compare,dl.words,dl.gaps{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1rem}
dl.gaps{grid-template-columns:minmax(10rem,18rem) 1fr}
dt{color:var(--faint)}dd{margin:0;overflow-wrap:anywhere}dd ul{margin:0;padding-left:1.1rem}
nav ul{display:flex;flex-wrap:wrap;gap:.25rem 1rem;padding:0;list-style:none}
nav a{display:inline-block;padding:.2rem 0}
summary{padding:.2rem 0}
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.9375rem}
caption{text-align:left;color:var(--faint);padding:.25rem 0}
th,td{text-align:left;vertical-align:top;padding:.4rem .6rem;border-top:1px solid var(--edge)}
thead th{border-top:0;color:var(--faint);font-weight:600;white-space:nowrap}
tbody th{font-weight:600}
th small,td small{display:block;font-weight:400}
.wide table{min-width:40rem}.wide tbody th{min-width:11rem}
.time{white-space:nowrap;font-weight:400}
table.story td{overflow-wrap:anywhere}
table.way{table-layout:fixed}
table.way td{padding:.2rem .5rem;overflow-wrap:anywhere}
table.way th{white-space:normal;overflow-wrap:anywhere}
table.way .step td+td,table.way thead th+th{border-left:1px solid var(--edge)}
table.way details{margin:0}table.way summary{color:var(--faint);font-size:.8125rem;padding:0}
table.way .moves td{border-top:0;padding:.1rem .5rem .4rem}
table.way .moves ul{margin:0;padding:.25rem .75rem;list-style:none}
table.way .moves ul{background:var(--raised);border-left:3px solid var(--holds)}
table.way small{display:inline}
table.way .moves .proof-word{font-weight:600;white-space:normal;margin:.25rem 0 0}
table.proof{width:auto;min-width:min(100%,30rem)}
.rows{display:block;background:var(--raised);padding:.25rem .5rem}
.amount{white-space:nowrap;font-variant-numeric:tabular-nums}
.sum td,.sum th{border-top:2px solid var(--edge)}
.is-proof{background:var(--raised)}
.proof-word{white-space:nowrap}
.breach{border-left:4px solid var(--violated);padding-left:1rem;margin:1.5rem 0}
.defs{position:absolute}
.lane{display:grid;grid-template-columns:18rem 1fr;gap:0 1rem;align-items:center}
.lane .name{overflow-wrap:anywhere;line-height:1.3;font-size:.875rem}
.lane .name small,.note{display:block}
.lane.bar{padding:.2rem 0}
summary{cursor:pointer}
details{margin:.5rem 0}
.order{margin:0}
summary.lane{border-top:1px solid var(--edge);padding:.15rem 0;display:grid}
summary.lane:hover{background:var(--raised)}
summary.lane code::before{content:'▸ '}
details[open]>summary.lane code::before{content:'▾ '}
svg.track{width:100%;display:block;overflow:visible}
svg text{fill:var(--faint);font-size:.75rem}
.window{fill:var(--fault);fill-opacity:.1}
.tick{stroke:var(--edge);stroke-width:1}
.fault{fill:var(--fault)}.alarm{fill:var(--violated)}
.span{stroke-width:2;stroke-opacity:.55}
.request,.call,.state{stroke:var(--faint);fill:none;stroke-width:2}
.cut,.lost{stroke:var(--violated);fill:none;stroke-width:2}
.state{stroke-width:1.5}
.notice{fill:var(--look0);stroke:var(--look0)}
.copy{fill:var(--ground);stroke:var(--look0);stroke-width:1.5}
.forged{fill:var(--ground);stroke:var(--violated);stroke-width:1.5}
.capture{fill:var(--unknown);stroke:var(--ground)}
.credit{fill:var(--holds);stroke:var(--ground)}
.grant{fill:var(--look3);stroke:var(--ground)}
.proof{fill:none;stroke:var(--violated);stroke-width:2}
.moments{list-style:none;padding:.25rem 0 .75rem 1.2rem;margin:0}
.moments li{display:grid;grid-template-columns:6rem 1fr;max-width:none;overflow-wrap:anywhere}
ul.legend{list-style:none;padding:0;display:flex;flex-wrap:wrap;gap:.1rem 1rem;font-size:.875rem}
.sign{width:18px;height:18px;vertical-align:-4px}
.panels{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(22rem,100%),1fr));gap:1rem;align-items:start}
.panel{margin:0;padding:.75rem;background:var(--raised);border:1px solid var(--edge);border-radius:.4rem}
figcaption{font-weight:600;line-height:1.3;margin-bottom:.4rem}
.top,.bottom{font-size:.8125rem;color:var(--faint);display:flex;justify-content:space-between;gap:1rem}
.chart{width:100%;height:7rem;display:block}
.line{fill:none;stroke-width:2;vector-effect:non-scaling-stroke;stroke-linecap:round}
.edge{stroke:var(--edge);fill:none;vector-effect:non-scaling-stroke}
.sample{width:24px;height:8px}
.band{fill:none}.band.red{fill:var(--violated);fill-opacity:.13}.band.orange{fill:var(--unknown);fill-opacity:.13}
.band.green{fill:var(--holds);fill-opacity:.1}
.strips{width:100%;display:block;margin-top:.3rem}
.strip{fill:var(--faint)}.strip.green{fill:var(--holds)}
.strip.red{fill:var(--violated)}.strip.orange{fill:var(--unknown)}
.colours{font-size:.875rem}
pre{overflow-x:auto;background:var(--raised);padding:.75rem;margin:.25rem 0}
.command code{display:block;user-select:all;overflow-wrap:anywhere;padding:.5rem .75rem}
.command code{background:var(--raised);border:1px solid var(--edge);border-radius:.3rem}
footer{height:3rem}
${looks.join('\n')}
@media (max-width:44rem){
.lane{grid-template-columns:1fr}
summary.lane,.lane.bar{padding:.3rem 0}
dl.facts,dl.compare,dl.words,dl.gaps{grid-template-columns:1fr;gap:0}
dd{margin-bottom:.5rem}
h1{font-size:1.5rem}
table.way,table.way code{font-size:.75rem}
.amount{white-space:normal}
}
@media print{
:root{${variables(schemes.light)}}
nav,.skip{display:none}
.wide{overflow:visible}.wide table{min-width:0}
figure,tr,.lane,.breach h3{break-inside:avoid}
h2,h3{break-after:avoid}
*{print-color-adjust:exact;-webkit-print-color-adjust:exact}
}
`;
