/** Which version a program says it is. */
import { execFile } from 'node:child_process';

const answerMsMax = 20_000;

/**
 * The version in what `<path> --version` prints: `2.12.0`; undefined when it names none (`git`, `dev`), fails or hangs.
 * The first one counts: what follows may be the version of the compiler.
 */
export const versionOf = (path: string): Promise<string | undefined> =>
  new Promise((resolve) => {
    execFile(path, ['--version'], { timeout: answerMsMax, killSignal: 'SIGKILL' }, (error, stdout, stderr) => {
      const found = error === null ? /(?<![\w.])v?(\d+\.\d+\.\d+)/.exec(stdout + stderr) : null;
      resolve(found?.[1]);
    });
  });

/** Whether `version` will do where `pinned` is asked for: the same major version, and not an older minor one. */
export const isFitting = (version: string, pinned: string): boolean => {
  const [[major = 0, minor = 0], [pinnedMajor = 0, pinnedMinor = 0]] = [version, pinned].map((text) =>
    text.split('.').map(Number),
  ) as [number[], number[]];
  return major === pinnedMajor && minor >= pinnedMinor;
};
