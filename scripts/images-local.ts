/**
 * `npm run images:local [NAME…]`: builds every image that the world `containers` and docker-compose.yml use, from what
 * package registries give: no image is pulled. Exit code 4 with the remedy where an engine or a program is missing.
 */
import { chmodSync, copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '#harness/clock';
import { errors, ToppleError } from '#harness/errors';
import { type Engine, needEngine } from '#harness/worlds/containers/engine';
import { build } from './images/build.ts';
import { type ImagePlan, plans } from './images/contexts.ts';

const root = join(import.meta.dirname, '..');

const make = async (engine: Engine, plan: ImagePlan): Promise<void> => {
  const startMs = systemClock.nowMs();
  const context = mkdtempSync(join(tmpdir(), 'topple-image-'));
  try {
    await plan.fill(context);
    copyFileSync(join(root, plan.dockerfile), join(context, 'Dockerfile'));
    chmodSync(context, 0o755);
    await build(engine, context, plan);
  } finally {
    rmSync(context, { recursive: true, force: true });
  }
  const { Size } = await engine.api.getImage(plan.image).inspect();
  const tookS = ((systemClock.nowMs() - startMs) / 1_000).toFixed(1);
  console.log(`${plan.image.padEnd(36)} ${Math.round(Size / 1e6)} MB, built in ${tookS} s`);
};

const main = async (names: readonly string[]): Promise<void> => {
  const known = plans.map(({ image }) => image.replace(/^topple-|:local$/g, ''));
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) throw errors.unknownName('image', unknown, known);
  const engine = await needEngine();
  for (const [index, plan] of plans.entries())
    if (names.length === 0 || names.includes(known[index] ?? '')) await make(engine, plan);
};

await main(process.argv.slice(2)).catch((error: unknown) => {
  if (!(error instanceof ToppleError)) throw error;
  console.error(`topple: ${error.code}: ${error.message}\n  ${error.why}\n  Next: ${error.next}`);
  process.exitCode = error.exitCode;
});
