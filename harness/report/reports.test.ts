import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { faults } from '../faults/index.ts';
import type { RunResult } from '../run/result.ts';
import { grant, order } from '../run/test-books.ts';
import { annotationOf } from './annotation.ts';
import { toJson, verdictDocument } from './json.ts';
import { junitReport } from './junit.ts';
import { markdownReport } from './markdown.ts';
import { momentsOf } from './moments.ts';
import { coloured, paintFor } from './paint.ts';
import { storyOf } from './story.ts';
import { terminalReport } from './terminal.ts';
import { sampleResult } from './test-result.ts';
import { inWords, rerunOf } from './words.ts';

const whereabouts = { runId: 'abc', reportPath: '.topple/runs/abc/report' };
const unplanned = faults.map(({ id }) => id).filter((id) => id !== 'redeliver-webhook');
/** Without the line breaks that keep a terminal's lines short. */
const flowing = (report: string): string => report.replace(/\n +/g, ' ');

test('a breach is told as a story: claim, moments with the proof marked, dashboards, command', () => {
  const report = terminalReport(sampleResult(2), whereabouts);
  expect(flowing(report)).toContain('no-double-credit is violated: payment p1 was captured once and credited twice.');
  expect(report).toContain('  Expected 1 credit; found 2 credits: double credit (C1).\n');
  expect(report).toContain('+0.302 s  entry e2 credits 10.00 CNY   <- proof');
  expect(report).not.toContain('entry e1 credits 10.00 CNY   <- proof');
  expect(flowing(report)).toContain(
    'Dashboards: NoDoubleCredit fired, its panel turned red (caught; told after 100 ms, 400 ms allowed).',
  );
  expect(report).toContain('VIOLATED after 1.2 s');
  expect(report.split('\n').slice(-3)).toEqual([
    '  Report: .topple/runs/abc/report',
    '  Replay: npm run topple -- replay abc',
    '  Rerun: npm run topple -- run sample --seed 7 --defect credit-without-dedup',
  ]);
});

test('a run that holds says what held, with how much evidence, and no more', () => {
  const report = terminalReport(sampleResult(1), whereabouts);
  expect(report).toContain('sample, seed 7, against reference-top-up\n');
  expect(report).toContain('evidence  redeliver-webhook hit alipay: 1 (needs 1)');
  expect(report).toMatch(/holds +no-double-credit +1 checked +dashboards: quiet/);
  expect(report).toContain('HOLDS after 1.2 s');
  expect(report).not.toMatch(/because|violated/);
  expect(flowing(report)).toContain('Not tested here: ');
  expect(flowing(report)).toContain(`${unplanned.length} faults not planned`);
});

test('no line is wider than 80 columns, but for names that are', () => {
  const result = sampleResult(2);
  const long = Array.from({ length: 40 }, (_, index) => `reason${index}`).join(' ');
  const wide = 'x'.repeat(90);
  const report = terminalReport({ ...result, verdict: { finding: 'violated', reasons: [long, wide] } }, whereabouts);
  const wider = report.split('\n').filter((line) => line.length > 80);
  expect(wider).toEqual([`    ${wide}`]);
  expect(report).toContain(`because reason0 reason1`);
});

test('colour is added to the words and takes none away', () => {
  const result = sampleResult(2);
  const report = terminalReport(result, whereabouts, coloured);
  expect(report).toContain('\u001b[31mVIOLATED\u001b[39m');
  expect(stripVTControlCharacters(report)).toBe(terminalReport(result, whereabouts));
});

test.each([
  [{ isTTY: true }, {}, true],
  [{}, {}, false],
  [{ isTTY: true }, { NO_COLOR: '1' }, false],
  [{ isTTY: true }, { NO_COLOR: '' }, true],
  [{ isTTY: true }, { CI: 'true' }, false],
  [{ isTTY: true }, { TERM: 'dumb' }, false],
])('on %j with %j there is colour: %s', (stream, environment, isColoured) => {
  expect(paintFor(stream, environment) === coloured).toBe(isColoured);
});

test('a long story keeps its proofs', () => {
  const result = sampleResult(2);
  const [sample] = result.records;
  const [delivery] = sample?.deliveries ?? [];
  if (sample === undefined || delivery === undefined) throw new Error('the sample has a delivery');
  const deliveries = Array.from({ length: 40 }, (_, index) => ({ ...delivery, sentMs: 150 + index }));
  const doubled = result.testimonies.find(({ audit }) => audit.invariant.id === 'no-double-credit');
  const witness = doubled?.audit.witnesses[0];
  if (witness === undefined) throw new Error('the sample has a witness');
  const { moments, leftOut } = storyOf({ ...result, records: [{ ...sample, deliveries }] }, witness);
  expect(moments.length + leftOut).toBeGreaterThan(40);
  expect(moments.length).toBeLessThanOrEqual(12);
  const texts = moments.map(({ text, weight }) => `${weight} ${text}`);
  expect(texts).toContain('frame alipay captured payment p1, 10.00 CNY');
  expect(texts).toContain('frame entry e1 credits 10.00 CNY');
  expect(texts).toContain('proof entry e2 credits 10.00 CNY');
});

test('an order has the grants and calls that name it, not those of one whose name begins alike', () => {
  const result = sampleResult(2);
  const [sample] = result.records;
  const [call] = sample?.calls ?? [];
  if (sample === undefined || call === undefined) throw new Error('the sample has a call');
  const references = ['r1', 'r1-2', 'r12'];
  const calls = references.map((reference) => ({ ...call, reference }));
  const grants = references.map((reference, index) => grant({ id: `g${index}`, reference }));
  const told = { ...result, records: [{ ...sample, calls }], books: { ...result.books, grants } };
  const moments = momentsOf(told, order(), []);
  const granted = moments.filter(({ kind }) => kind === 'grant').map(({ text }) => /\((.*)\)/.exec(text)?.[1]);
  expect(granted).toEqual(['r1', 'r1-2']);
  expect(moments.filter(({ kind }) => kind === 'call')).toHaveLength(2);
});

test('JUnit counts failures, and an unpromised unknown is skipped, never passed', () => {
  const xml = junitReport(sampleResult(2));
  expect(xml).toMatch(/<testsuite name="sample" tests="\d+" failures="\d+" errors="0" skipped="\d+"/);
  const why = 'payment p1 was captured once and credited twice (C1)';
  expect(xml).toContain(`<failure message="violated, dashboards: caught">${why}</failure>`);
  expect(xml).toContain('dashboards: NoDoubleCredit fired, its panel turned red (caught; told after 100 ms');
  expect(xml).toContain('dashboards: NoLostCredit stayed silent, its panel stayed green (quiet)');
  expect(xml).toContain('<property name="seed" value="7"/>');
  expect(xml).toContain('<property name="topple version" value="0.1.0"/>');
  expect(xml).toMatch(/not tested: faults not planned: .*\nRerun: npm run topple -- run sample [^\n]*<\/system/s);
  const failures = Number(/failures="(\d+)"/.exec(xml)?.[1]);
  expect(xml.match(/<failure/g)).toHaveLength(failures);
  expect(junitReport(sampleResult(1))).toContain('failures="0" errors="0"');
});

test('JUnit tells of twenty breaches of a kind and counts the rest', () => {
  const result = sampleResult(2);
  const testimonies = result.testimonies.map((testimony) => {
    const witnesses = testimony.audit.witnesses.flatMap((witness) => Array.from({ length: 5_000 }, () => witness));
    return { ...testimony, audit: { ...testimony.audit, witnesses } };
  });
  const xml = junitReport({ ...result, testimonies });
  expect(xml).toContain('and 4980 more, see verdict.json');
  expect(xml.length).toBeLessThan(10_000);
});

test('JUnit escapes what would break XML', () => {
  const result = sampleResult(1);
  const xml = junitReport({ ...result, verdict: { finding: 'unknown', reasons: ['<b> & "c"\u0001'] } });
  expect(xml).toContain('&#60;b&#62; &#38; &#34;c&#34;\ufffd');
});

test('Markdown has a row per invariant and the command that repeats the run', () => {
  const markdown = markdownReport(sampleResult(2));
  expect(markdown).toContain('## sample: violated');
  expect(markdown).toContain(
    '| no-double-credit | violated | 1 | caught | 100 ms | payment p1 was captured once and credited twice (C1); No',
  );
  expect(markdown).toContain(`- faults not planned: ${unplanned.join(', ')}\n`);
  const command = 'npm run topple -- run sample --seed 7 --defect credit-without-dedup';
  expect(markdown.trimEnd().split('\n').at(-1)).toBe(`Rerun: \`${command}\``);
});

test('text from the system steers neither a terminal nor Markdown nor the pipeline', () => {
  const hostile = 'a\u001b[2J\u202eb\n::error::c | <img src=x> `d` *e* %0A';
  const result: RunResult = { ...sampleResult(1), verdict: { finding: 'violated', reasons: [hostile] } };
  expect(terminalReport(result, whereabouts)).toContain('because a\ufffd[2J\ufffdb ::error::c | <img');
  expect(markdownReport(result)).toContain('a\ufffd\\[2J\ufffdb ::error::c \\| \\<img src=x\\> \\`d\\` \\*e\\* %0A');
  const annotation = annotationOf(result) ?? '';
  expect(annotation).toMatch(/^::error title=sample%2C seed 7%3A violated::a.*%250A\. Rerun: npm run topple/);
  expect(annotation).not.toContain('\n');
});

test('an annotation warns of an unknown run and is silent about one that holds', () => {
  expect(annotationOf(sampleResult(1))).toBeUndefined();
  expect(annotationOf({ ...sampleResult(1), verdict: { finding: 'unknown', reasons: ['why'] } })).toMatch(
    /^::warning /,
  );
});

test('JSON carries the verdict, and money as text', () => {
  const document = verdictDocument(sampleResult(2), 'abc');
  expect(document).toMatchObject({ version: 4, run: 'abc', finding: 'violated', seed: 7 });
  expect(toJson({ amountMinor: 9_007_199_254_740_993n })).toBe('{"amountMinor":"9007199254740993"}');
});

test.each([
  [350, '350 ms'],
  [999.6, '1000 ms'],
  [1_234, '1.2 s'],
  [61_000, '61.0 s'],
])('%d ms reads %s', (durationMs, words) => {
  expect(inWords(durationMs)).toBe(words);
});

test('a setting is part of the command that repeats a run', () => {
  const settings = [{ owner: 'redeliver-webhook', param: 'copies', range: { min: 2, max: 4 } }];
  const { request } = sampleResult(1);
  expect(rerunOf({ ...request, settings }, 'npm run topple --')).toBe(
    'npm run topple -- run sample --seed 7 --set redeliver-webhook.copies=2..4',
  );
});
