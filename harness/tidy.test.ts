import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { rules } from './tidy/index.ts';
import { filesOf } from './tidy/repository.ts';

const files = filesOf(resolve(import.meta.dirname, '..'));

test('the rules see the project', () => {
  expect(files.filter(({ path }) => path.endsWith('.ts')).length).toBeGreaterThan(20);
});

test.each(rules)('$id', (rule) => {
  const findings = rule.check(files).map(({ path, line, what }) => `${path}:${line} ${what}`);
  expect(findings.join('\n')).toBe('');
});
