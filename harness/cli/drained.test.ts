import { spawnSync } from 'node:child_process';
import { PassThrough, Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { drained } from './drained.ts';

test('a process that ends after it has written a megabyte leaves nothing of it behind', () => {
  const program = `
    import { drained } from '${new URL('drained.ts', import.meta.url)}';
    process.stdout.write('x'.repeat(1_000_000));
    await drained(process.stdout, process.stderr);
    process.exit(3);`;
  const args = ['--input-type=module', '--eval', program];
  const ended = spawnSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 2_000_000 });
  expect({ status: ended.status, length: ended.stdout.length }).toEqual({ status: 3, length: 1_000_000 });
});

test('does not wait where nobody reads any more', async () => {
  const closed = new PassThrough();
  closed.destroy();
  const broken = new Writable({ write: (_chunk, _encoding, done) => done(new Error('EPIPE')) });
  await drained(closed, broken);
  expect(broken.destroyed).toBe(true);
});
