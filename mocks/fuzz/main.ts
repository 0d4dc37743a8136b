/**
 * Fuzzes the mocks: `npm run fuzz -- [--calls 100000] [--seed 1] [--provider huawei-cloud]`. Prints which codes were
 * met at which operations, and ends with 1 when a mock did what it must not, or did not do what its contract tells of.
 */
import { parseArgs } from 'node:util';
import { type FuzzReport, type FuzzTarget, fuzz, unmetAnswers } from './fuzz.ts';
import { fuzzTargets } from './targets.ts';

const { values } = parseArgs({
  options: {
    calls: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
    provider: { type: 'string' },
  },
});
const calls = Number(values.calls);
if (!Number.isSafeInteger(calls) || calls < 1) throw new Error('--calls is a whole number above 0');
const chosen = Object.entries(fuzzTargets).filter(([id]) => (values.provider ?? id) === id);
if (chosen.length === 0) throw new Error(`--provider is one of ${Object.keys(fuzzTargets).join(', ')}`);

/** Prints a report; the codes and operations that were never met. */
const tell = (id: string, target: FuzzTarget, report: FuzzReport): readonly string[] => {
  console.log(`${id}: ${report.sent} calls, ${report.signed} of them signed, ${report.granted} grants`);
  const met = [...report.met].flatMap(([operation, codes]) =>
    [...codes].map(([code, count]) => ({ answer: `${operation} ${code}`, count })),
  );
  for (const { answer, count } of met.sort((a, b) => (a.answer < b.answer ? -1 : 1)))
    console.log(`  ${String(count).padStart(7)} ${answer}`);
  const never = unmetAnswers(target, report);
  for (const what of never) console.log(`  never met: ${what}`);
  for (const what of report.breaches) console.log(`  BREACH ${what}`);
  return [...never, ...report.breaches];
};

const wrong = chosen.flatMap(([id, target]) => tell(id, target, fuzz(target, { seed: values.seed ?? '1', calls })));
process.exit(wrong.length === 0 ? 0 : 1);
