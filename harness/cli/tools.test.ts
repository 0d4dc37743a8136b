import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { folderOf } from '../binaries/find.ts';
import { type ProgramName, programs } from '../binaries/programs.ts';
import { buildProgram, findGo } from './build-program.ts';
import { verb } from './verbs/tools.ts';

/** Writes, where -o says, a program that says a version; notes how it was called. */
const goodGo = (version: string, log: string) => `
echo "$@" >> '${log}'
while [ $# -gt 0 ]; do
  if [ "$1" = -o ]; then printf '#!/bin/sh\\necho version ${version}\\n' > "$2"; chmod +x "$2"; fi
  shift
done`;

/** A folder with a stand-in for the Go command that runs `script`. */
const machine = (script: (log: string) => string) => {
  const root = mkdtempSync(join(tmpdir(), 'tools test '));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const log = join(root, 'log');
  const go = join(root, 'bin', 'go');
  mkdirSync(join(root, 'bin'));
  writeFileSync(go, `#!/bin/sh\n${script(log)}\n`);
  chmodSync(go, 0o755);
  const cache = join(root, 'cache');
  return { root, cache, go, log, place: { go, cache, signal: new AbortController().signal } };
};

const versionFlags: readonly (readonly [ProgramName, string])[] = [
  ['k6', '-ldflags -s -w -o'],
  ['promtool', '-tags remove_all_sd -ldflags -s -w -X github.com/prometheus/common/version.Version=3.15.0'],
  ['toxiproxy-server', '-X github.com/Shopify/toxiproxy/v2.Version=2.12.0'],
];

test.each(versionFlags)('%s is built with %s', async (name, flags) => {
  const { place, cache, log } = machine((file) => goodGo(programs[name].version, file));
  expect(await buildProgram(name, place)).toBe(join(cache, folderOf(name), name));
  expect(readFileSync(log, 'utf8')).toContain(flags);
  expect(readdirSync(cache)).toEqual([folderOf(name)]);
});

test('what is built already is not built again', async () => {
  const { place, log } = machine((file) => goodGo('2.2.0', file));
  const paths = [await buildProgram('k6', place), await buildProgram('k6', place)];
  expect(new Set(paths).size).toBe(1);
  expect(readFileSync(log, 'utf8').trim().split('\n')).toHaveLength(1);
});

test.each([
  ['a compiler that fails', 'echo "x.go:1: broken" >&2; exit 1', 'says:\n  x.go:1: broken'],
  ['a compiler that is killed', 'kill -KILL $$', 'ended by SIGKILL'],
  ['a program of another version', goodGo('git', '/dev/null'), 'it is of no version, not 2.12.0'],
])('%s leaves nothing and is told', async (_, script, why) => {
  const { place, cache } = machine(() => script);
  await expect(buildProgram('toxiproxy-server', place)).rejects.toMatchObject({
    code: 'build-failed',
    exitCode: 4,
    why: expect.stringContaining(why),
  });
  expect(readdirSync(cache)).toEqual([]);
});

test('without a home there is no place for it', async () => {
  const { place } = machine(() => 'exit 1');
  await expect(buildProgram('k6', { ...place, cache: undefined })).rejects.toMatchObject({
    code: 'build-failed',
    why: expect.stringContaining('HOME'),
  });
});

test('without Go one is told so, and what to do', () => {
  const { root, go } = machine(() => '');
  expect(findGo({ PATH: join(root, 'bin') }, ['k6'])).toBe(go);
  expect(() => findGo({ PATH: root }, ['k6', 'promtool'])).toThrow(
    expect.objectContaining({ code: 'no-go', exitCode: 4, why: expect.stringMatching(/^k6, promtool would be/) }),
  );
});

test('a program that is not among them is refused with those that are', async () => {
  await expect(verb.run(['promtol'])).rejects.toMatchObject({
    code: 'unknown-name',
    why: 'Known: docker-compose, k6, prometheus, promtool, toxiproxy-server.',
  });
});
