/** Builds one of the programs of `harness/binaries/programs.ts` from its Go sources, into the cache. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { folderOf, onPath } from '../binaries/find.ts';
import { type Program, type ProgramName, programs } from '../binaries/programs.ts';
import { versionOf } from '../binaries/version.ts';
import { errors } from '../errors.ts';
import { cachedFolder } from '../worlds/embedded/cache.ts';

/** The clone, or `dist/` in the published package. */
const root = fileURLToPath(new URL('../../', import.meta.url));

const keptLines = 20;

/** The Go command on PATH; throws `noGo`, which names the programs that it is `neededFor`. */
export const findGo = (env: NodeJS.ProcessEnv, neededFor: readonly string[]): string => {
  const go = onPath('go', env);
  if (go === undefined) throw errors.noGo(neededFor.join(', '));
  return go;
};

/** How `go` is called; the result does not depend on a C compiler, nor on where it was built. */
const buildArguments = (program: Program, output: string): string[] => {
  const { module, folder, pinnedIn = 'tools', tags = '', versionVariable, version } = program;
  const link = versionVariable === undefined ? '-s -w' : `-s -w -X ${versionVariable}=${version}`;
  const [modulePath = ''] = module.split(' ');
  return [
    'build',
    '-C',
    join(root, pinnedIn),
    '-trimpath',
    '-tags',
    tags,
    '-ldflags',
    link,
    '-o',
    output,
    modulePath + folder,
  ];
};

/** Runs `go`; rejects with the last lines of what it printed. */
const runGo = (go: string, args: readonly string[], signal: AbortSignal): Promise<void> =>
  new Promise((done, reject) => {
    const env = { ...process.env, CGO_ENABLED: '0', GOWORK: 'off' };
    execFile(go, args, { env, signal, maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
      if (error === null) return done();
      const lines = (stdout + stderr).trimEnd().split('\n').slice(-keptLines);
      reject(new Error([...lines, error.signal ? `ended by ${error.signal}` : ''].filter(Boolean).join('\n  ')));
    });
  });

/**
 * Builds `name` with the program `go` into the cache folder `cache`, which gets it only once it is complete and says
 * the pinned version; resolves with its path. `signal` gives up. Throws `buildFailed`.
 */
export const buildProgram = async (
  name: ProgramName,
  { go, cache, signal }: { go: string; cache: string | undefined; signal: AbortSignal },
): Promise<string> => {
  const { version } = programs[name];
  let problem = cache === undefined ? 'There is no folder for it: neither HOME nor XDG_CACHE_HOME is set.' : undefined;
  const folder = await cachedFolder(cache, folderOf(name), async (part) => {
    const file = join(part, name);
    await runGo(go, buildArguments(programs[name], file), signal).catch((error: Error) => {
      problem = `\`go build\` says:\n  ${error.message}`;
      throw error;
    });
    const built = await versionOf(file);
    if (built === version) return;
    problem = `What came out says that it is ${built ?? 'of no version'}, not ${version}.`;
    throw new Error(problem);
  });
  if (folder !== undefined && existsSync(join(folder, name))) return join(folder, name);
  throw errors.buildFailed(name, problem ?? `${cache} cannot be written.`);
};
