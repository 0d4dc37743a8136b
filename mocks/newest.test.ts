import { describe, expect, test } from 'vitest';
import { noFaults } from '#harness/provider';
import { alipay } from './alipay/index.ts';
import { ask, order } from './alipay/test-calls.ts';
import { openNewest } from './newest.ts';
import { testPorts } from './test-ports.ts';

describe('the newest', () => {
  test('are kept, whenever one looks', () => {
    const newest = openNewest<number>(() => 3);
    for (let row = 1; row <= 20; row += 1) {
      newest.push(row);
      expect(newest.all()).toEqual([row - 2, row - 1, row].filter((one) => one > 0));
    }
  });

  test('are kept when nobody looks for long', () => {
    const newest = openNewest<number>(() => 3);
    for (let row = 1; row <= 20; row += 1) newest.push(row);
    expect(newest.all()).toEqual([18, 19, 20]);
  });

  test('are replaced where they stand, and those that are forgotten are not', () => {
    const newest = openNewest<string>(() => 2);
    const [first = 0] = ['a', 'b', 'c', 'd'].map((row) => newest.push(row));
    const last = newest.push('e');
    newest.replace(first, 'x');
    newest.replace(last, 'y');
    expect(newest.all()).toEqual(['d', 'y']);
  });

  test('are all from when no end is set', () => {
    let rowsMax = 2;
    const newest = openNewest<number>(() => rowsMax);
    for (let row = 1; row <= 5; row += 1) newest.push(row);
    const before = newest.all().length;
    rowsMax = Number.POSITIVE_INFINITY;
    for (let row = 6; row <= 15; row += 1) newest.push(row);
    expect(newest.all().slice(before)).toEqual([6, 7, 8, 9, 10, 11, 12, 13, 14, 15]);
  });
});

describe('the records of a mock', () => {
  /** Asks about these orders, one after the other. */
  const asked = (numbers: string, recordsMax?: () => number) => {
    const seen: number[] = [];
    const onCall = ({ nth }: { readonly nth: number }) => {
      seen.push(nth);
      return 'answer' as const;
    };
    const provider = alipay.open(testPorts({ site: { ...noFaults, onCall }, ...(recordsMax && { recordsMax }) }));
    for (const number of numbers.split(' ')) {
      ask(provider, 'precreate', { ...order, out_trade_no: number });
    }
    return { seen, calls: provider.records().calls.map(({ reference, nth }) => `${reference} ${nth}`) };
  };

  test('are all calls, unless an end is set: then the newest', () => {
    const numbers = 'T1 T1 T2 T3 T4 T1';
    expect(asked(numbers).calls).toEqual(['T1 1', 'T1 2', 'T2 1', 'T3 1', 'T4 1', 'T1 3']);
    expect(asked(numbers, () => 2).calls).toHaveLength(2);
  });

  test('tell the number of a call among those of one order, until at least so many others came', () => {
    const numbers = 'T1 T1 T2 T3 T1 T4 T5 T6 T7 T8 T9 T1';
    expect(asked(numbers).seen).toEqual([1, 2, 1, 1, 3, 1, 1, 1, 1, 1, 1, 4]);
    expect(asked(numbers, () => 7).seen.at(-1)).toBe(4);
    expect(asked(numbers, () => 3).seen).toEqual([1, 2, 1, 1, 3, 1, 1, 1, 1, 1, 1, 1]);
  });
});
