/**
 * `npm test`: types, lint and format, dead code, then all tests; every part runs, whatever the ones before it found.
 * Arguments are passed to vitest, which then runs alone. The last line is `N passed, N failed`; a part counts as one.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseCLI, startVitest, type TestCase, type TestModule } from 'vitest/node';

const root = join(import.meta.dirname, '..');

const parts = [
  { title: 'types (tsc)', entry: 'typescript/bin/tsc', args: ['--noEmit', '--project', '.'] },
  {
    title: 'types of what runs in k6 (tsc)',
    entry: 'typescript/bin/tsc',
    args: ['--noEmit', '--project', 'scenarios/load'],
  },
  { title: 'lint and format (biome)', entry: '@biomejs/biome/bin/biome', args: ['check', '--error-on-warnings'] },
  { title: 'dead code (knip)', entry: 'knip/bin/knip.js', args: ['--no-progress'] },
] as const;

const heading = (title: string): void => console.log(`\n== ${title}`);

/** Runs one of the tools under this very Node; true when it found nothing. */
const passes = ({ title, entry, args }: (typeof parts)[number]): boolean => {
  heading(title);
  const command = [join(root, 'node_modules', entry), ...args];
  return spawnSync(process.execPath, command, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] }).status === 0;
};

interface Outcome {
  readonly passed: number;
  readonly failed: number;
  /** `file > test: reason` for each test that did not run; those of one file with the same reason share a line. */
  readonly skipped: readonly string[];
}

const reasonOf = (test: TestCase): string => {
  const result = test.result();
  const reason = test.options.mode === 'run' ? 'its file or its group failed' : 'no reason is given';
  return (result.state === 'skipped' ? result.note : undefined) ?? reason;
};

const outcomeOf = (file: TestModule): Outcome => {
  const tests = [...file.children.allTests()];
  const inState = (state: string) => tests.filter((test) => test.result().state === state);
  const suiteErrors = [file, ...file.children.allSuites()].flatMap((suite) => suite.errors());
  return {
    passed: inState('passed').length,
    failed: inState('failed').length + inState('pending').length + suiteErrors.length,
    skipped: Object.entries(Object.groupBy(inState('skipped'), reasonOf)).map(([reason, tests = []]) => {
      const which = tests.length === 1 ? ` > ${tests[0]?.fullName}` : `, ${tests.length} tests`;
      return `${file.relativeModuleId}${which}: ${reason}`;
    }),
  };
};

const runTests = async (args: readonly string[]): Promise<Outcome> => {
  heading('tests (vitest)');
  const { filter, options } = parseCLI(['vitest', 'run', ...args]);
  const vitest = await startVitest('test', filter, { ...options, root, watch: false });
  const outcomes = vitest.state.getTestModules().map(outcomeOf);
  const unhandled = vitest.state.getUnhandledErrors().length;
  await vitest.close();
  return {
    passed: outcomes.reduce((sum, { passed }) => sum + passed, 0),
    failed: outcomes.reduce((sum, { failed }) => sum + failed, unhandled),
    skipped: outcomes.flatMap(({ skipped }) => skipped),
  };
};

const args = process.argv.slice(2);
const sound = args.length > 0 ? [] : parts.map(passes);
const tests = await runTests(args);
const passed = sound.filter(Boolean).length + tests.passed;
const failed = sound.filter((isSound) => !isSound).length + tests.failed;

console.log('');
if (tests.skipped.length > 0) console.log(`skipped:\n${tests.skipped.map((line) => `  ${line}`).join('\n')}`);
console.log(`${passed} passed, ${failed} failed`);
// A handle that a test left open must not keep the process.
process.exit(failed === 0 && tests.passed > 0 ? 0 : 1);
