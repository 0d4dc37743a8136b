/** What each image of `npm run images:local` is made of: a build context in a folder of its own. */
import { execFileSync } from 'node:child_process';
import { cpSync } from 'node:fs';
import { basename, join } from 'node:path';
import { needProgram } from '#harness/binaries/find';
import { images } from '#harness/worlds/containers/images';
import { postgresPackage } from '#harness/worlds/embedded/postgres-binaries';
import { openFolder, place, placeBasics, placeFolder, placeLibraries } from './rootfs.ts';

const root = join(import.meta.dirname, '..', '..');

/** An image to build: fills the empty folder `context`, in which `dockerfile` is then built. */
export interface ImagePlan {
  readonly image: string;
  readonly dockerfile: string;
  readonly target?: string;
  readonly buildArguments?: Readonly<Record<string, string>>;
  fill(context: string): Promise<void>;
}

const shell = '/bin/sh';

/** As .dockerignore says for those who build without this script. */
const isLeftOut = (path: string): boolean =>
  path.endsWith('.test.ts') || /^(test-.*\.ts|fixtures|testdata)$/.test(basename(path));

const copy = (context: string, path: string): void =>
  cpSync(join(root, path), join(context, path), { recursive: true, filter: (file) => !isLeftOut(file) });

const fillNode = async (context: string): Promise<void> => {
  const rootfs = join(context, 'rootfs');
  placeBasics(rootfs, { name: 'node', id: 1000 });
  place(rootfs, process.execPath, '/usr/local/bin/node');
  place(rootfs, shell, shell);
  placeLibraries(rootfs, [process.execPath, shell]);
};

const fillPostgres = async (context: string): Promise<void> => {
  const rootfs = join(context, 'rootfs');
  const native = join(await postgresPackage(), 'native');
  const programs = ['postgres', 'initdb'].map((name) => join(native, 'bin', name));
  placeBasics(rootfs, { name: 'postgres', id: 999 });
  placeFolder(rootfs, native, '/opt/postgres');
  place(rootfs, shell, shell);
  placeLibraries(rootfs, [...programs, shell], native);
  place(rootfs, join(root, 'images/rootfs/entrypoint.sh'), '/usr/local/bin/entrypoint.sh');
  place(rootfs, join(root, 'images/rootfs/pg-isready.sh'), '/usr/local/bin/pg_isready');
  for (const path of ['/var/lib/postgresql', '/var/run/postgresql']) openFolder(rootfs, path);
};

const fillToxiproxy = async (context: string): Promise<void> =>
  place(join(context, 'rootfs'), (await needProgram('toxiproxy-server')).path, '/toxiproxy');

const fillPrometheus = async (context: string): Promise<void> => {
  const rootfs = join(context, 'rootfs');
  for (const name of ['prometheus', 'promtool'] as const) place(rootfs, (await needProgram(name)).path, `/bin/${name}`);
  placeBasics(rootfs, { name: 'nobody', id: 65_534 });
  openFolder(rootfs, '/prometheus');
};

/** What the service imports of npm; the Dockerfile names the same. */
const packages = ['@hono/node-server', '@rgrove/parse-xml', 'hono', 'pg', 'prom-client'];

const fillSources = async (context: string): Promise<void> => {
  for (const path of ['package.json', 'package-lock.json', '.npmrc', 'tools/node/package.json']) copy(context, path);
  for (const path of ['images', 'reference-impl', 'harness', 'mocks']) copy(context, path);
  const prepare = [join(root, 'images/copy-packages.ts'), join(root, 'node_modules')];
  execFileSync(process.execPath, [...prepare, join(context, 'prepared/node_modules'), ...packages]);
};

/** All of them, in the order in which they stand on each other. */
export const plans: readonly ImagePlan[] = [
  { image: 'topple-node:local', dockerfile: 'images/node.dockerfile', fill: fillNode },
  { image: images.postgres.local, dockerfile: 'images/postgres.dockerfile', fill: fillPostgres },
  { image: images.toxiproxy.local, dockerfile: 'images/toxiproxy.dockerfile', fill: fillToxiproxy },
  { image: 'topple-prometheus:local', dockerfile: 'images/prometheus.dockerfile', fill: fillPrometheus },
  ...['service', 'service-with-defects', 'mocks'].map((target) => ({
    image: `topple-${target}:local`,
    dockerfile: 'Dockerfile',
    target,
    buildArguments: { NODE_IMAGE: 'topple-node:local' },
    fill: fillSources,
  })),
];
