import { defineConfig } from 'vitest/config';

/** What starts processes, sends signals, or changes what a whole process has: each file has one of its own. */
const alone = [
  'bin/**/*.test.ts',
  'harness/binaries/**/*.test.ts',
  'harness/cli/**/*.test.ts',
  'harness/k6/**/*.test.ts',
  'harness/toxiproxy/conformance/**/*.test.ts',
  'harness/worlds/**/*.test.ts',
  'mocks/doors/tls.test.ts',
  'mocks/golden/**/*.test.ts',
  'mocks/sandbox/**/*.test.ts',
  'reference-impl/*.test.ts',
  'scripts/**/*.test.ts',
  'topple.test.ts',
];

const elsewhere = ['**/node_modules/**', '.topple/**', 'dist/**'];
const common = {
  // Processes, since threads were no faster (5.3 s each for 500 tests), and tests send signals.
  pool: 'forks',
  // Generous, because it tells a hang from a slow machine and nothing else.
  testTimeout: 60_000,
  hookTimeout: 60_000,
} as const;

const apart = { ...common, name: 'alone', include: alone, exclude: elsewhere };

/** The others follow each other in two processes: to load the same modules for each took longer than most of them. */
const together = {
  ...common,
  name: 'together',
  include: ['**/*.test.ts'],
  exclude: [...elsewhere, ...alone],
  isolate: false,
};

export default defineConfig({
  test: {
    globalSetup: 'scripts/test-postgres.ts',
    maxWorkers: 2,
    projects: [{ test: apart }, { test: together }],
  },
});
