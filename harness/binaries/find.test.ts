import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { findProgram, folderOf, needProgram } from './find.ts';
import { type Program, programNames, programs } from './programs.ts';

/** An empty machine: `put` adds a program that says a version. */
const machine = () => {
  const root = mkdtempSync(join(tmpdir(), 'find test '));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const put = (path: string, version: string, mode = 0o755): string => {
    const file = join(root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `#!/bin/sh\necho "promtool, version ${version}"\n`);
    chmodSync(file, mode);
    return file;
  };
  const env: NodeJS.ProcessEnv = { PATH: `${join(root, 'a')}::${join(root, 'b')}` };
  return { root, put, places: { env, cache: join(root, 'cache') } };
};

const inCache = join('cache', folderOf('promtool'), 'promtool');
const pinned = programs.promtool.version;

describe('the first place that has it', () => {
  test('is the environment, whatever else there is', async () => {
    const { put, places } = machine();
    put('a/promtool', pinned);
    put(inCache, pinned);
    const path = put('mine/any-name', '3.99.1');
    places.env.TOPPLE_PROMTOOL_BIN = relative('.', path);
    expect(await findProgram('promtool', places)).toEqual({ path, version: '3.99.1', origin: 'environment' });
  });

  test('is PATH after that: its first executable', async () => {
    const { put, places } = machine();
    put(inCache, pinned);
    put('a/promtool', pinned, 0o644);
    const path = put('b/promtool', pinned);
    expect(await findProgram('promtool', places)).toEqual({ path, version: pinned, origin: 'PATH' });
  });

  test('is the cache at last', async () => {
    const { put, places } = machine();
    const path = put(inCache, pinned);
    expect(await findProgram('promtool', places)).toEqual({ path, version: pinned, origin: 'cache' });
  });
});

test.each(['2.42.0', '3.14.9', '4.0.0', 'git'])('%s on PATH is passed over', async (version) => {
  const { put, places } = machine();
  const path = put('a/promtool', version);
  const has = version === 'git' ? 'an unknown version' : version;
  expect(await findProgram('promtool', places)).toEqual({
    path: undefined,
    reason:
      `promtool ${pinned} is not named by TOPPLE_PROMTOOL_BIN, not on PATH, which has ${has} at ${path}, ` +
      'not built by `npm run tools`',
  });
  const built = put(inCache, pinned);
  expect(await findProgram('promtool', places)).toMatchObject({ path: built, origin: 'cache' });
});

describe('what the environment names is not replaced', () => {
  test.each([
    { what: 'nothing', path: 'absent', problem: 'cannot be run' },
    { what: 'a folder', path: 'a', problem: 'cannot be run' },
    { what: 'a file that cannot be run', path: 'mine/promtool', mode: 0o644, problem: 'cannot be run' },
    { what: 'another major version', path: 'mine/promtool', mode: 0o755, problem: 'says that it is 2.42.0' },
  ])('$what is an error', async ({ path: name, mode, problem }) => {
    const { root, put, places } = machine();
    put('a/promtool', pinned);
    if (mode !== undefined) put(name, '2.42.0', mode);
    const path = join(root, name);
    places.env.TOPPLE_PROMTOOL_BIN = path;
    await expect(findProgram('promtool', places)).rejects.toMatchObject({
      code: 'unfit-program',
      exitCode: 4,
      message: `TOPPLE_PROMTOOL_BIN is ${path}, which ${problem}.`,
    });
  });

  test('a build that knows no version is taken', async () => {
    const { put, places } = machine();
    const path = put('mine/promtool', 'git');
    places.env.TOPPLE_PROMTOOL_BIN = path;
    expect(await findProgram('promtool', places)).toEqual({ path, version: undefined, origin: 'environment' });
  });

  test('an empty variable names nothing', async () => {
    const { places } = machine();
    places.env.TOPPLE_PROMTOOL_BIN = '';
    expect(await findProgram('promtool', places)).toMatchObject({ path: undefined });
  });
});

test('who cannot do without is told what to do', async () => {
  const { put, places } = machine();
  await expect(needProgram('k6', { ...places, cache: undefined })).rejects.toMatchObject({
    code: 'no-program',
    exitCode: 4,
    message: 'There is no k6 here.',
    why: `k6 ${programs.k6.version} is not named by TOPPLE_K6_BIN, not on PATH, not built by \`npm run tools\`.`,
    next: 'Run `npm run tools` (needs Go), or put it on PATH, or set TOPPLE_K6_BIN to its file.',
  });
  const path = put('b/k6', programs.k6.version);
  expect(await needProgram('k6', places)).toMatchObject({ path });
});

describe('the pins', () => {
  test.each(programNames)('%s is what its go.mod builds', (name) => {
    const { module, folder, pinnedIn = 'tools' }: Program = programs[name];
    const file = readFileSync(new URL(`../../${pinnedIn}/go.mod`, import.meta.url), 'utf8');
    expect(file).toMatch(new RegExp(`^\t${module}( // indirect)?$`, 'm'));
    expect(file).toMatch(new RegExp(`^(\t|tool )${module.split(' ')[0]}${folder}$`, 'm'));
  });
});
