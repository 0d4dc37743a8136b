#!/usr/bin/env node
// Finds a Node that runs TypeScript as it is, and hands over to it. Plain JavaScript, for Node 18 and newer.
//   topple <verb> …            → harness/cli/main.ts <verb> …; dist/harness/cli/main.js in the published package
//   topple exec <file.ts> …    → that file, for npm scripts
import { spawn, spawnSync } from 'node:child_process';
import { accessSync, existsSync, constants as fileModes, mkdirSync, readFileSync } from 'node:fs';
import * as modules from 'node:module';
import { constants } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const NODE_MAJOR = 24;
const EXIT_USAGE = 2; // as in harness/exit-codes.ts
const EXIT_ENVIRONMENT = 4;

const self = fileURLToPath(import.meta.url);
const root = dirname(dirname(self));
const sources = join(root, 'harness/cli/main.ts');
const isClone = existsSync(sources);

const fail = (text, exitCode) => {
  console.error(`topple: ${text}`);
  process.exit(exitCode);
};

const isFitting = (version) => Number.parseInt(version, 10) >= NODE_MAJOR;

const isExecutable = (file) => {
  try {
    accessSync(file, fileModes.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** The fitting Node of the platform package, wherever npm has put it; `.bin/node` is missing under npm 10. */
const packagedNode = () => {
  const name = `node-${process.platform}-${process.arch}`;
  try {
    const manifest = modules.createRequire(self).resolve(`${name}/package.json`);
    const node = join(dirname(manifest), 'bin', 'node');
    // The package says its version; to start it only to ask takes as long as many a verb.
    return isFitting(JSON.parse(readFileSync(manifest, 'utf8')).version) && isExecutable(node) ? node : undefined;
  } catch {
    return undefined; // not installed, or no package for this platform
  }
};

const versionOf = (node) => spawnSync(node, ['-p', 'process.versions.node'], { encoding: 'utf8' }).stdout ?? '';

/** The Node that the user named; one that does not fit is not replaced by another behind their back. */
const chosenNode = (node) => {
  if (isExecutable(node) && isFitting(versionOf(node))) return node;
  return fail(
    `TOPPLE_NODE is ${node}, which is not a Node ${NODE_MAJOR} or newer: mend or unset it.`,
    EXIT_ENVIRONMENT,
  );
};

const findNode = () => (process.env.TOPPLE_NODE ? chosenNode(process.env.TOPPLE_NODE) : packagedNode());

/** Keeps compiled code between runs, here and in every process below; a read-only checkout does without. */
const cacheCompiledCode = () => {
  const folder = process.env.NODE_COMPILE_CACHE ?? join(root, 'node_modules', '.cache', 'topple');
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, fileModes.W_OK);
  } catch {
    return;
  }
  process.env.NODE_COMPILE_CACHE = folder;
  modules.enableCompileCache(folder);
};

/** Runs the asked-for file in this process, as if Node had been started with it. */
const runHere = async () => {
  const [verb, ...rest] = process.argv.slice(2);
  if (verb === 'exec' && rest[0] === undefined) fail('exec needs a file: topple exec scripts/test.ts', EXIT_USAGE);
  const [file, args] =
    verb === 'exec'
      ? [resolve(rest[0]), rest.slice(1)]
      : [isClone ? sources : join(root, 'dist/harness/cli/main.js'), process.argv.slice(2)];
  if (!existsSync(file)) fail(`there is no file ${file}; run topple in the folder that holds it`, EXIT_USAGE);
  if (process.channel) {
    // The launcher above was killed: end as if the signal had come here.
    process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
    process.channel.unref();
  }
  cacheCompiledCode();
  process.argv = [process.execPath, file, ...args];
  await import(pathToFileURL(file).href);
};

/** Runs this launcher again under `node`, and ends as that process ends. */
const runUnder = (node) => {
  const child = spawn(node, [self, ...process.argv.slice(2)], { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] });
  // A terminal sends Ctrl-C to both processes, `kill` to this one only. Nothing here tells which it was, so every
  // signal is passed on, and the child may hear of one Ctrl-C twice.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => fail(`${node} did not start: ${error.message}`, EXIT_ENVIRONMENT));
  child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
};

if (isFitting(process.versions.node)) {
  await runHere();
} else {
  const node = findNode();
  if (node === undefined) {
    const way = isClone
      ? 'run npm ci with optional dependencies, which bring it on Linux x64 and arm64,'
      : 'install it, see nodejs.org,';
    fail(
      `needs Node ${NODE_MAJOR} or newer, this is ${process.versions.node}: ${way} or set TOPPLE_NODE to the file of ` +
        'a newer node.',
      EXIT_ENVIRONMENT,
    );
  }
  runUnder(node);
}
