import { expect, test, vi } from 'vitest';
import { findEngine, needEngine } from './engine.ts';

test('an engine that DOCKER_HOST names is not replaced by another', async () => {
  vi.stubEnv('DOCKER_HOST', 'tcp://127.0.0.1:9');
  await expect(needEngine()).rejects.toMatchObject({
    code: 'no-engine',
    exitCode: 4,
    why: expect.stringContaining('127.0.0.1:9'),
    next: 'Start Docker, or set DOCKER_HOST to an engine that answers; `topple doctor` shows what was found.',
  });
  expect(await findEngine()).toMatchObject({ reason: expect.stringContaining('127.0.0.1:9') });
});

test('without the package the remedy names it', async () => {
  vi.doMock('testcontainers', () => {
    throw new Error('not installed');
  });
  await expect(needEngine()).rejects.toMatchObject({ code: 'no-testcontainers', exitCode: 4 });
});
