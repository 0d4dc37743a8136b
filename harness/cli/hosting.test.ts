import { expect, test } from 'vitest';
import { dropWebhook } from '../faults/drop-webhook.ts';
import { killProcess } from '../faults/kill-process.ts';
import type { Scenario } from '../scenario.ts';
import type { Target } from '../target.ts';
import { containers } from '../worlds/containers.ts';
import { embedded } from '../worlds/embedded.ts';
import { hosting, worldCalled } from './lookup.ts';

const scenario = (fault: object): Scenario => ({ id: 'one', faults: [{ fault, at: { id: 'alipay' } }] }) as never;
const target = { id: 'shop', container: {} } as Target;
const bare = { id: 'shop' } as Target;

test.each([
  ['a target that says nothing of containers', bare, dropWebhook, 'the target shop says nothing of containers.'],
  [
    'strikes at processes',
    target,
    killProcess,
    'kill-process strikes processes, and the mocks that time it are one themselves.',
  ],
  [
    'a fault of its user',
    target,
    { ...dropWebhook, id: 'hiccup', inject: () => undefined },
    'mocks in a container do not know the fault hiccup.',
  ],
])('containers cannot host %s', (_, given, fault, why) => {
  const run = { target: given, scenario: scenario(fault) };
  expect(() => hosting(containers, run)).toThrow(expect.objectContaining({ code: 'cannot-host', exitCode: 2, why }));
  expect(hosting(embedded, run)).toBe(embedded);
});

test('containers host what their mocks know', () => {
  expect(hosting(containers, { target, scenario: scenario(dropWebhook) })).toBe(containers);
});

test('a world that does not exist is answered with those that do', () => {
  expect(() => worldCalled('moon')).toThrow(expect.objectContaining({ code: 'unknown-name' }));
});
