import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { isFitting, versionOf } from './version.ts';

/** A program that runs `script`. */
const program = (script: string): string => {
  const folder = mkdtempSync(join(tmpdir(), 'version test '));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'program');
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
};

test.each([
  ['k6', 'echo "k6 v2.2.0 (go1.26.8, linux/amd64)"', '2.2.0'],
  ['Toxiproxy', 'echo "toxiproxy-server version 2.12.0"', '2.12.0'],
  ['a Toxiproxy from a plain build', 'echo "toxiproxy-server version git"', undefined],
  ['Prometheus', 'printf "prometheus, version 3.15.0 (branch: , revision: x)\\n  go version: go1.26.8\\n"', '3.15.0'],
  ["Debian's promtool, which answers on standard error", 'echo "promtool, version 2.42.0+ds (x)" >&2', '2.42.0'],
  ['a plain build that names its compiler alone', 'echo "k6 dev (go1.26.8, linux/amd64)"', undefined],
  ['Docker', 'echo "Docker version 28.2.2, build e6534b4"', '28.2.2'],
  ['a program without that option', 'echo "1.2.3"; exit 2', undefined],
])('%s', async (_, script, version) => expect(await versionOf(program(script))).toBe(version));

test('a program that is not there has no version', async () => {
  expect(await versionOf('/nowhere/at/all')).toBeUndefined();
});

test.each([
  ['2.12.0', true],
  ['2.12.7', true],
  ['2.13.0', true],
  ['2.5.0', false],
  ['3.12.0', false],
  ['1.99.0', false],
])('%s in place of 2.12.0: %s', (version, fits) => expect(isFitting(version, '2.12.0')).toBe(fits));
