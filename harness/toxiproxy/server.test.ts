import { expect, test } from 'vitest';
import { preciseClock } from '../clock.ts';
import { randomFrom } from '../seed.ts';
import { startToxiproxy } from './server.ts';
import { startServer } from './test-link.ts';
import { toxicKinds } from './toxics/index.ts';

test('a server whose port is taken says so', async () => {
  const { server } = await startServer();
  const port = Number(new URL(server.url).port);
  const second = startToxiproxy({ random: randomFrom('test'), clock: preciseClock, port });
  await expect(second).rejects.toMatchObject({ code: 'port-taken' });
});

test('a type of toxic has its name as its place in the table', () => {
  expect([...toxicKinds.keys()]).toEqual([...toxicKinds.keys()].sort());
  for (const [type, kind] of toxicKinds) expect(kind.type).toBe(type);
});
