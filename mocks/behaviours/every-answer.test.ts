/** Every way in which a call can go wrong at every provider, as the vendor's SDK takes it: no cell is left out. */
import { describe, expect, test } from 'vitest';
import { type CallFate, noFaults } from '#harness/provider';
import { providers } from '../index.ts';
import { clockAtNewYear } from '../test-ports.ts';
import { callers, type Ended } from './test-calls.ts';

const afterMs = 60_000;

/** How a call can end whatever the provider is. */
const outcomes: Readonly<Record<string, CallFate>> = {
  'sent-not-done': 'before',
  'done-answer-lost': 'afterEffect',
  'answer-cut': 'midBody',
  'done-late': { how: 'late', afterMs },
  'done-twice': { how: 'twice' },
};

/** What the client is left with, how often it was done by then, and a minute later. */
type Cell = readonly [ended: Ended, done: number, doneLater: number];

const once = (ended: Ended): Cell => [ended, 1, 1];
const never = (ended: Ended): Cell => [ended, 0, 0];

/** What any SDK makes of a broken connection, if it does not ask again by itself. */
const cut: Readonly<Record<string, Cell>> = {
  'sent-not-done': never('broken'),
  'done-answer-lost': once('broken'),
  'answer-cut': once('broken'),
  'done-late': ['broken', 0, 1],
};
/** These ask again by themselves: harmless, where the number of the order or a key makes it the same call. */
const askedAgain: typeof cut = {
  'sent-not-done': once('ok'),
  'done-answer-lost': once('ok'),
  'answer-cut': once('ok'),
  'done-late': once('ok'),
};
const gateway: typeof cut = {
  malformed: once('broken'),
  truncated: once('broken'),
  'wrong-status': once('broken'),
};
/** An order that nobody has paid tells of no other amount. */
const nothingPaid: typeof cut = { 'told-as-ordered': once('ok') };
const badlySigned: typeof cut = {
  unsigned: once('broken'),
  'wrongly-signed': once('broken'),
  tampered: once('broken'),
};

const cells: Readonly<Record<string, Readonly<Record<string, Cell>>>> = {
  'alibaba-cloud': {
    ...cut,
    ...gateway,
    'done-twice': once('SignatureNonceUsed'),
    throttled: never('Throttling.User'),
    unavailable: never('CreditInnerError'),
    'failed-inside': never('InternalError'),
    'no-funds': never('InsufficientBalance'),
    tampered: once('believed'),
  },
  alipay: {
    ...askedAgain,
    ...gateway,
    ...badlySigned,
    ...nothingPaid,
    'done-twice': once('ok'),
    throttled: never('isv.app-call-limited'),
    unavailable: never('isp.unknow-error'),
    'failed-inside': never('ACQ.SYSTEM_ERROR'),
  },
  'bank-transfer': Object.fromEntries(
    Object.entries({
      ...cut,
      ...gateway,
      ...badlySigned,
      tampered: once('ok'), // the account has no entry yet, and so no figure
      'done-twice': once('ok'),
      throttled: once('too-many-requests'),
      unavailable: once('unavailable'),
      'failed-inside': once('unavailable'),
    }).map(([does, [ended]]) => [does, never(ended)]), // one only asks it
  ),
  'huawei-cloud': {
    ...cut,
    'done-twice': ['ok', 2, 2],
    // A page of HTML, half a body, a refusal under 200: the SDK gives all of them for answers.
    malformed: once('believed'),
    truncated: once('believed'),
    'failed-inside': never('believed'),
    'wrong-status': once('broken'),
    throttled: never('APIG.0308'),
    unavailable: never('CBC.0999'),
    'no-funds': never('CBC.99005003'),
    tampered: once('ok'), // the answer to a grant has no figure
  },
  'standard-webhooks': {
    ...cut,
    ...gateway,
    'done-twice': once('ok'),
    throttled: never('too-many-requests'),
    unavailable: never('internal-error'),
    'failed-inside': never('internal-error'),
    tampered: once('believed'),
  },
  stripe: {
    ...askedAgain,
    ...gateway,
    'answer-cut': once('broken'),
    'wrong-status': once('ok'), // stripe-node looks for an error in the body, not at the status
    'done-twice': once('ok'),
    throttled: never('invalid_request_error rate_limit'),
    unavailable: never('api_error'),
    'failed-inside': never('api_error'),
    tampered: once('believed'),
  },
  'tencent-cloud abroad': {
    ...cut,
    ...gateway,
    'done-twice': ['ok', 2, 2],
    throttled: never('RequestLimitExceeded'),
    unavailable: never('InternalError'),
    'failed-inside': never('FailedOperation'),
    'no-funds': never('InvalidParameterValue.CreditAmountOutOfRange'),
    tampered: once('believed'),
  },
  'tencent-cloud at home': {
    ...cut,
    ...gateway,
    'done-twice': ['ok', 2, 2],
    throttled: never('RequestLimitExceeded'),
    unavailable: never('InternalError'),
    'failed-inside': never('FailedOperation'),
    'no-funds': never('FailedOperation'),
    tampered: once('ok'), // the answer to a transfer has no figure
  },
  'wechat-pay': {
    ...cut,
    ...gateway,
    ...badlySigned,
    ...nothingPaid,
    'done-twice': once('ok'),
    throttled: never('FREQUENCY_LIMITED'),
    unavailable: never('SYSTEM_ERROR'),
    'failed-inside': never('SYSTEM_ERROR'),
    'stale-certificate': once('broken'),
  },
};

test('every provider stands here', () => {
  expect(new Set(Object.values(callers).map(({ id }) => id))).toEqual(new Set(Object.keys(providers)));
  expect(Object.keys(cells)).toEqual(Object.keys(callers));
});

describe.each(Object.entries(callers))('%s', (name, { open }) => {
  const expected = cells[name] ?? {};

  test('has a cell for each way in which its calls can go wrong', async () => {
    const { provider } = await open({});
    expect(Object.keys(expected).sort()).toEqual([...Object.keys(outcomes), ...provider.failings.spoils].sort());
  });

  test.each(Object.entries(expected))('%s: %j', async (does, cell) => {
    const left = [outcomes[does] ?? { how: 'spoil', spoil: does, isDone: false }] as CallFate[];
    const clock = clockAtNewYear();
    const caller = await open({ clock, site: { ...noFaults, onCall: () => left.shift() ?? 'answer' } });
    const [ended, done] = [await caller.call(), caller.effectCount()];
    clock.advance(afterMs);
    expect([ended, done, caller.effectCount()]).toEqual(cell);
    expect(await caller.call()).toBe('ok');
  });
});
