/**
 * `npm pack` calls it first: writes `dist/`, the JavaScript, types and other files of the published package, laid out
 * as the sources are. Its own manifest resolves the `#` imports, which lead to `.ts` files in a clone.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const dist = join(root, 'dist');

/** k6 runs them as they are. */
const k6Scripts = readdirSync(join(root, 'scenarios/load'))
  .filter((name) => name.endsWith('.k6.ts'))
  .map((name) => `scenarios/load/${name}`);

/** What the code reads at run time, beside the code. */
const assets = [
  'dashboards/generated',
  'dashboards/runbooks',
  'harness/cli/starter',
  'harness/report/schema',
  'mocks/alipay/keys',
  'mocks/wechat-pay/keys',
  'reference-impl/db/migrations',
  ...k6Scripts,
  'tools/compose',
  'tools/go.mod',
  'tools/go.sum',
];
/** Here SQL lies among the code. */
const overlays = 'reference-impl/defects';

rmSync(dist, { recursive: true, force: true });
const compiler = join(root, 'node_modules/typescript/bin/tsc');
const { status } = spawnSync(process.execPath, [compiler, '--project', 'tsconfig.package.json'], {
  cwd: root,
  stdio: 'inherit',
});
if (status !== 0) process.exit(status ?? 1);

const scripts = readdirSync(join(root, overlays)).filter((name) => name.endsWith('.sql'));
for (const path of [...assets, ...scripts.map((name) => join(overlays, name))])
  cpSync(join(root, path), join(dist, path), { recursive: true });

const { name, version, type, imports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  readonly name: string;
  readonly version: string;
  readonly type: string;
  readonly imports: Readonly<Record<string, string>>;
};
const emitted = Object.entries(imports).map(([from, to]) => [from, to.replace(/\.ts$/, '.js')]);
const manifest = { name, version, type, imports: Object.fromEntries(emitted) };
writeFileSync(join(dist, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
