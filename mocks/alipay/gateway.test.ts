/** What the gateway makes of odd parameters, beyond those of `refusals.test.ts`. */
import { describe, expect, test } from 'vitest';
import { type Call, noFaults } from '#harness/provider';
import { testPorts } from '../test-ports.ts';
import { alipay } from './index.ts';
import { ask, type Fields, order } from './test-calls.ts';

describe('the gateway refuses', () => {
  test.each([
    {
      when: 'the day does not exist',
      change: (all: Fields) => ({ ...all, timestamp: '2026-13-01 00:00:00' }),
      sub: 'isv.invalid-timestamp',
    },
    {
      when: 'the time is ISO',
      change: (all: Fields) => ({ ...all, timestamp: '2026-01-01T00:00:00' }),
      sub: 'isv.invalid-timestamp',
    },
    {
      when: 'the signature is rubbish',
      change: (all: Fields) => ({ ...all, sign: '%%%' }),
      sub: 'isv.invalid-signature',
    },
    {
      when: 'an app is unknown, whatever else is missing',
      change: ({ sign: _, timestamp: __, ...all }: Fields) => ({ ...all, app_id: '2021000000000009' }),
      sub: 'isv.invalid-app-id',
    },
    {
      when: 'a parameter changed',
      change: (all: Fields) => ({ ...all, notify_url: 'http://x' }),
      sub: 'isv.invalid-signature',
    },
  ])('$sub when $when', ({ change, sub }) => {
    const provider = alipay.open(testPorts());
    expect(ask(provider, 'precreate', order, change)).toMatchObject({ sub_code: sub });
    expect(provider.byHand?.orders()).toEqual([]);
  });

  test.each([
    { when: 'no number', biz: { ...order, out_trade_no: '' } },
    { when: 'a number with a dash', biz: { ...order, out_trade_no: 'T-1' } },
    { when: 'a number of 65 characters', biz: { ...order, out_trade_no: 'T'.repeat(65) } },
    { when: 'no subject', biz: { ...order, subject: '' } },
    { when: 'no amount', biz: { out_trade_no: 'T1', subject: 's' } },
    { when: 'a negative amount', biz: { ...order, total_amount: '-1.00' } },
    { when: 'tenths of a fen', biz: { ...order, total_amount: '1.001' } },
    { when: 'more than the highest amount', biz: { ...order, total_amount: '100000000.01' } },
    { when: 'a separator', biz: { ...order, total_amount: '10,000.00' } },
    { when: 'an amount that is a list', biz: { ...order, total_amount: ['10.00'] } },
  ])('ACQ.INVALID_PARAMETER for $when', ({ biz }) => {
    expect(ask(alipay.open(testPorts()), 'precreate', biz)).toMatchObject({
      code: '40004',
      sub_code: 'ACQ.INVALID_PARAMETER',
    });
  });

  test('rubbish is answered, recorded as unknown, and never asks the fault site', () => {
    const onCall = () => {
      throw new Error('asked');
    };
    const provider = alipay.open(testPorts({ site: { ...noFaults, onCall } }));
    const rubbish = Buffer.from('%zz&biz_content={"a":[&\u0000=%E0%A4%A');
    const query = { query: new URLSearchParams('?&&=%'), rawQuery: '?&&=%' };
    const call: Call = { method: 'PUT', path: '/', ...query, headers: {}, body: rubbish };
    expect(provider.handle(call)).toMatchObject({ status: 404 });
    expect(provider.handle({ ...call, path: '/gateway.do' })).toMatchObject({ status: 200 });
    expect(provider.records().calls.map((one) => one.operation)).toEqual(['unknown', 'unknown']);
  });
});
