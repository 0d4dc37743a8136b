/** The package as its users get it: packed, installed by npm 10 and 11 elsewhere, and used as the docs say. */
import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, posix } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const npms = { 'npm 10': '10.9.9', 'npm 11': '11.21.2' } as const;
const page = readFileSync(join(root, 'docs/first-scenario.md'), 'utf8');

const place = mkdtempSync(join(tmpdir(), 'package test '));
afterAll(() => rmSync(place, { recursive: true, force: true }));

/** Says where packages come from, and is as true for a user. */
const staying = /^(npm_config_(registry|cafile|cache|userconfig|globalconfig)|NODE_EXTRA_CA_CERTS)$/i;
/** Tells a Node, npm or a pipeline about the run of these tests. */
const ofTheseTests = /^(npm_|NODE_|GITHUB_|INIT_CWD$|CI$)/i;

/** The Node of this test comes first on the PATH, as a user's own Node 24 would. */
const environment = {
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => staying.test(name) || !ofTheseTests.test(name))),
  PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
  npm_config_audit: 'false',
  npm_config_fund: 'false',
  npm_config_prefer_offline: 'true',
};

interface Ended {
  readonly code: number;
  readonly stdout: string;
  /** Both streams, to tell why something failed. */
  readonly output: string;
}

const run = (cwd: string, file: string, args: readonly string[]): Promise<Ended> =>
  new Promise((resolve) => {
    execFile(file, args, { cwd, env: environment, encoding: 'utf8' }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? -1), stdout, output: stdout + stderr });
    });
  });

const cliOf = (version: string): string => join(place, 'npm', `npm-${version}`, 'node_modules/npm/bin/npm-cli.js');
const npm = (version: string, cwd: string, ...args: readonly string[]): Promise<Ended> =>
  run(cwd, process.execPath, [cliOf(version), ...args]);

let tarball = '';

beforeAll(async () => {
  for (const version of Object.values(npms)) {
    const prefix = join(place, 'npm', `npm-${version}`);
    mkdirSync(prefix, { recursive: true });
    const args = ['install', '--prefix', prefix, `npm@${version}`];
    const installed = await run(place, 'npm', args);
    expect(installed, installed.output).toMatchObject({ code: 0 });
  }
  const packed = await npm(npms['npm 11'], root, 'pack', '--pack-destination', place, '--json');
  expect(packed, packed.output).toMatchObject({ code: 0 });
  tarball = join(place, readdirSync(place).find((name) => name.endsWith('.tgz')) ?? expect.unreachable());
}, 300_000);

const manifestOf = (packed: string) =>
  JSON.parse(execFileSync('tar', ['-xzOf', packed, 'package/package.json'], { encoding: 'utf8' })) as Readonly<
    Record<string, Readonly<Record<string, string>> | undefined>
  >;

/** Commands of the docs that can be run as they stand: those in blocks of `sh`, with the exit code they announce. */
const commandsIn = (text: string) =>
  [...text.matchAll(/^```sh\n(.*?)^```/gms)]
    .flatMap(([, block = '']) => block.trimEnd().split('\n'))
    .map((line) => ({
      args: (line.split('#')[0] ?? '').trim().split(/ +/),
      code: Number(/# ends with exit code (\d)/.exec(line)?.[1] ?? 0),
    }));

test('the page shows the files that `topple init` writes, to the letter', () => {
  const starter = join(root, 'harness/cli/starter');
  for (const name of readdirSync(starter)) expect(page, name).toContain(readFileSync(join(starter, name), 'utf8'));
  expect(commandsIn(page).length).toBeGreaterThan(3);
});

test('the manifest brings no Node, and says which one it needs', () => {
  const manifest = manifestOf(tarball);
  const brought = ['dependencies', 'optionalDependencies'].flatMap((field) => Object.keys(manifest[field] ?? {}));
  expect(brought.filter((name) => /^node($|-linux|-darwin|-win)/.test(name))).toEqual([]);
  expect(manifest.engines).toEqual({ node: '>=24' });
  expect(manifest.private).toBeUndefined();
});

test('nothing but what users need is packed, and no TypeScript source but what k6 runs', () => {
  const names = execFileSync('tar', ['-tzf', tarball], { encoding: 'utf8' }).trim().split('\n');
  const unwanted = names.filter((name) => /(?<!\.d|\.k6)\.ts$|\.test\.|\/test-|tidy\/|node_modules/.test(name));
  expect(unwanted).toEqual([]);
  for (const wanted of [
    'dist/topple.js',
    'dist/topple.d.ts',
    'dist/scenarios/load/buyer.k6.ts',
    'bin/topple.js',
    'docs/first-scenario.md',
    'LICENSE',
  ])
    expect(names).toContain(`package/${wanted}`);
});

test('every page that is packed links to pages that are packed', () => {
  const names = execFileSync('tar', ['-tzf', tarball], { encoding: 'utf8' }).trim().split('\n');
  const linked = names
    .filter((name) => /^package\/(?!dist\/).*\.md$/.test(name))
    .flatMap((name) => {
      const text = execFileSync('tar', ['-xzOf', tarball, name], { encoding: 'utf8' });
      const targets = [...text.matchAll(/\]\((?![a-z]+:|#)([^)#\s]+)/g)].map(([, target = '']) => target);
      return targets.map((target) => ({ name, target, path: posix.join(posix.dirname(name), target) }));
    });
  expect(linked.length).toBeGreaterThan(20);
  expect(linked.filter(({ path }) => !names.some((name) => name === path || name.startsWith(`${path}/`)))).toEqual([]);
});

/** How a user's editor reads what the package says of its types. */
const strict = [
  '--noEmit',
  '--strict',
  '--module',
  'nodenext',
  '--target',
  'es2024',
  '--allowImportingTsExtensions',
].concat(['--types', 'node', '--typeRoots', join(root, 'node_modules/@types')]);

const folderOf = (kind: string): string => {
  const folder = join(place, kind);
  mkdirSync(folder);
  return folder;
};

test.each(Object.entries(npms))(
  'under %s a scenario runs in an empty folder, and the Node there is what it was',
  { timeout: 300_000 },
  async (name, version) => {
    const folder = folderOf(`empty, ${name}`);
    const installed = await npm(version, folder, 'install', tarball);
    expect(installed, installed.output).toMatchObject({ code: 0 });
    expect(existsSync(join(folder, 'node_modules/.bin/node'))).toBe(false);
    const nodes = await npm(version, folder, 'exec', '-c', 'node -v');
    expect(nodes.stdout.trim()).toBe(process.version);
    const ran = await npm(version, folder, 'exec', '--', 'topple', 'run', 'duplicate-webhooks');
    expect(ran, ran.output).toMatchObject({ code: 0 });
    expect(ran.output).toContain('HOLDS after');
    expect(ran.output).toContain('npx topple run duplicate-webhooks --seed 1');
    const doors = Object.keys(manifestOf(tarball).exports ?? {}).filter((name) => !name.endsWith('.json'));
    const program = doors.map((name) => `await import('${name.replace('.', 'topple')}')`).join(';');
    const imported = await run(folder, process.execPath, ['--input-type=module', '--eval', program]);
    expect(imported, imported.output).toMatchObject({ code: 0 });
    expect(doors.length).toBeGreaterThan(1);
  },
);

test('in a CommonJS folder the first scenario works as its page says', { timeout: 300_000 }, async () => {
  const [folder, version] = [folderOf('commonjs'), npms['npm 11']];
  writeFileSync(join(folder, 'package.json'), '{ "name": "shop", "version": "1.0.0", "type": "commonjs" }');
  const installed = await npm(version, folder, 'install', '--save-dev', tarball);
  expect(installed, installed.output).toMatchObject({ code: 0 });
  for (const { args, code } of commandsIn(page)) {
    const [npx, ...rest] = args;
    expect(npx).toBe('npx');
    const ended = await npm(version, folder, 'exec', '--', ...rest);
    expect(ended, `${args.join(' ')}\n${ended.output}`).toMatchObject({ code });
    if (code === 1) expect(ended.output).toContain('one-credit-per-order is violated');
  }
  const own = /^```ts\n(.*?)^```/ms.exec(readFileSync(join(root, 'docs/own-system.md'), 'utf8'))?.[1];
  writeFileSync(join(folder, 'shop.config.mts'), own ?? expect.unreachable());
  const door = /^```ts\n(import \{ setupServer .*?)^```/ms.exec(
    readFileSync(join(root, 'mocks/README.md'), 'utf8'),
  )?.[1];
  writeFileSync(join(folder, 'door.mts'), door ?? expect.unreachable());
  const files = ['triple-tap.mts', 'topple.config.mts', 'shop.config.mts', 'door.mts'];
  const types = await run(folder, process.execPath, [
    join(root, 'node_modules/typescript/bin/tsc'),
    ...strict,
    ...files,
  ]);
  expect(types, types.output).toMatchObject({ code: 0 });
});
