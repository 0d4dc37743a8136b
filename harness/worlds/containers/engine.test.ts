import { expect, test, vi } from 'vitest';
import { findEngine, needEngine, publishedAt } from './engine.ts';

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

test.each([
  ['localhost', '127.0.0.1'],
  ['127.0.0.2', '127.0.0.1'],
  ['192.0.2.1', '192.0.2.1'], // kept for documentation, so nobody's
  ['engine.invalid', 'engine.invalid'],
])('an engine met at %s publishes at %s', async (host, published) => {
  expect(await publishedAt(host)).toBe(published);
});
