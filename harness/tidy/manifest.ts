import { findingAt, type Rule, type SourceFile } from './source.ts';

interface Locked {
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const lockFaults = (lock: SourceFile): string[] => {
  const { packages } = JSON.parse(lock.text) as { packages: Readonly<Record<string, Locked>> };
  const paths = Object.keys(packages);
  const wanted = Object.values(packages).flatMap((one) => Object.keys(one.optionalDependencies ?? {}));
  return [...new Set(wanted)]
    .filter((name) => !paths.some((path) => path.endsWith(`node_modules/${name}`)))
    .map((name) => `has no entry for the optional ${name}, so npm 11 refuses npm ci; lock it for all platforms`);
};

const manifestFaults = (manifest: SourceFile): string[] => {
  const fields = JSON.parse(manifest.text) as Readonly<Record<string, Readonly<Record<string, string>>>>;
  return ['dependencies', 'devDependencies', 'optionalDependencies']
    .flatMap((field) => Object.entries(fields[field] ?? {}))
    .filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))
    .map(([name, version]) => `${name} is asked for as ${version}; name one exact version`);
};

/** Dependencies are exact, and the lockfile installs on every platform, not only on the one that wrote it. */
export const manifest: Rule = {
  id: 'manifest',
  check: (files) =>
    files.flatMap((file) => {
      const faults = /(^|\/)package\.json$/.test(file.path)
        ? manifestFaults(file)
        : file.path === 'package-lock.json'
          ? lockFaults(file)
          : [];
      return faults.map((what) => findingAt(file, 0, what));
    }),
};
