import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startContainer } from './container.ts';
import { findEngine } from './engine.ts';

test('an image that is neither here nor to be had is told with the remedy', async (context) => {
  const engine = await findEngine();
  if ('reason' in engine) return context.skip(engine.reason);
  const dir = mkdtempSync(join(tmpdir(), 'container test '));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  const image = '127.0.0.1:9/nobody/nothing:1';
  const starting = startContainer({
    engine,
    lease: { dir },
    name: 'topple-never',
    title: 'it',
    image,
    network: 'none',
  });
  await expect(starting).rejects.toMatchObject({
    code: 'no-container',
    exitCode: 4,
    message: `The container of it could not be started from the image ${image}.`,
    next: expect.stringContaining('in a clone of topple by `npm run images:local`'),
  });
});
