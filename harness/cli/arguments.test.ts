import { expect, test } from 'vitest';
import { firstWord, readArguments } from './arguments.ts';

const options = { seed: { type: 'string' }, json: { type: 'boolean' } } as const;
const read = (...args: string[]) => readArguments('run', args, options);

test('a number below zero is the value of the option before it, for whoever judges it', () => {
  expect(read('--seed', '-1')).toMatchObject({ values: { seed: '-1' }, positionals: [] });
  expect(read('x', '--seed=-1', '--json')).toMatchObject({ values: { seed: '-1', json: true }, positionals: ['x'] });
});

test('behind an option without a value, or behind none, it is still refused', () => {
  expect(() => read('--json', '-1')).toThrow('cannot be read');
  expect(() => read('-1')).toThrow('cannot be read');
  expect(() => read('seed', '-1', '--seed', '-x')).toThrow(
    'The arguments of `topple run` cannot be read: -1, -x are neither an option nor the value of one.',
  );
  expect(read('--json', '--', '-1')).toMatchObject({ values: { json: true }, positionals: ['-1'] });
});

test('the first word is found among values, and beside options that nobody knows', () => {
  expect(firstWord(['--seed', '5', '--frob', '--json', 'pay', 'x'], options)).toBe('pay');
  expect(firstWord(['--seed', '-5'], options)).toBeUndefined();
});
