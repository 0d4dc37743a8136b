/** Every refusal that a contract tells of, brought about through the vendor's own SDK: no cell is left out. */
import { describe, expect, test } from 'vitest';
import type { OpenProvider } from '#harness/provider';
import { answeredBy, isToldBy } from './contract.ts';
import { contracts } from './contracts.ts';

/** What the SDK made of a refused call, as a code of the contract, and the mock that refused it. */
export interface Shown {
  readonly code: string;
  /** The HTTP status, from SDKs that show it: it has to be the one that the contract has with the code. */
  readonly status?: number;
  readonly provider: Pick<OpenProvider, 'records'>;
}

/** By operation, `unknown` for none, and by code: a call of the SDK that is refused so. */
export type Refusing = Readonly<Record<string, Readonly<Record<string, () => Promise<Shown>>>>>;

/** The cells of an operation, each brought about by `refuse` from its row of a table. */
export const cellsBy =
  <Cell>(refuse: (operation: string, cell: Cell) => Promise<Shown>) =>
  (operation: string, rows: Readonly<Record<string, Cell>>): Refusing[string] =>
    Object.fromEntries(Object.entries(rows).map(([code, cell]) => [code, () => refuse(operation, cell)]));

/** The statuses with which a contract tells of a code. */
const statusesOf = (id: keyof typeof contracts, code: string): readonly number[] =>
  contracts[id].errors.filter((row) => isToldBy(row, code)).map(({ status }) => status);

/** Declares a test for each cell, and one that holds `refusing` to the contract of provider `id`. */
export const testRefusals = (id: keyof typeof contracts, refusing: Refusing): void => {
  const { everywhere, own } = contracts[id].refusedAt;
  const operations = [...new Set([...everywhere.operations, ...Object.keys(own), 'unknown'])];

  test('a cell for each refusal of each operation', () => {
    const told = operations.map((one) => [one, answeredBy(contracts[id], one === 'unknown' ? undefined : one)]);
    const tried = operations.map((one) => [one, Object.keys(refusing[one] ?? {}).sort()]);
    expect(Object.fromEntries(tried)).toEqual(Object.fromEntries(told));
    expect(Object.keys(refusing).filter((one) => !operations.includes(one))).toEqual([]);
  });

  describe.each(Object.entries(refusing))('%s', (operation, cells) => {
    test.each(Object.entries(cells))('%s', async (code, refused) => {
      const { code: shown, status, provider } = await refused();
      expect(shown).toBe(code);
      if (status !== undefined) expect(statusesOf(id, code)).toContain(status);
      expect(provider.records().calls.at(-1)?.operation).toBe(operation);
    });
  });
};
