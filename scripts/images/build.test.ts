import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { findEngine } from '#harness/worlds/containers/engine';
import { build } from './build.ts';

test('an image that cannot be built is an error with the words of the engine', async (context) => {
  const engine = await findEngine();
  if ('reason' in engine) return context.skip(engine.reason);
  const folder = mkdtempSync(join(tmpdir(), 'build test '));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'Dockerfile'), 'FROM scratch\nCOPY nowhere /\n');
  await expect(build(engine, folder, { image: 'topple-test:never' })).rejects.toMatchObject({
    code: 'image-not-built',
    exitCode: 4,
    message: 'The image topple-test:never could not be built.',
    why: expect.stringContaining('nowhere'),
  });
});
