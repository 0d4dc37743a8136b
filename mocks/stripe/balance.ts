/** Balance transactions: what each charge, refund and dispute did to the account, fees taken off. */
import { disputeFeeMinor, feeMinorOf, type Refusal, refusals } from './quirks.ts';
import type { Intent, Payments } from './states.ts';
import { balanceFields, balanceIdOf } from './wire.ts';

/** One line of the account, in minor units. */
export interface BalanceLine {
  readonly id: string;
  readonly atMs: number;
  readonly type: 'charge' | 'refund' | 'adjustment';
  readonly category: 'charge' | 'refund' | 'dispute';
  readonly source: string;
  readonly amountMinor: bigint;
  readonly feeMinor: bigint;
  readonly currency: string;
}

const linesOf = (intent: Intent): readonly BalanceLine[] => {
  const { paid, currency, refunds, disputeId, disputedMs } = intent;
  if (paid === undefined) return [];
  const line = (source: string, rest: Omit<BalanceLine, 'id' | 'source' | 'currency'>): BalanceLine => ({
    id: balanceIdOf(source),
    source,
    currency,
    ...rest,
  });
  const charge = { atMs: paid.atMs, amountMinor: paid.amountMinor, feeMinor: feeMinorOf(paid.amountMinor) };
  const back = { type: 'refund', category: 'refund', feeMinor: 0n } as const;
  const lines = [
    line(paid.chargeId, { type: 'charge', category: 'charge', ...charge }),
    ...refunds.map(({ id, createdMs, amountMinor }) =>
      line(id, { ...back, atMs: createdMs, amountMinor: -amountMinor }),
    ),
  ];
  if (disputeId === undefined || disputedMs === undefined) return lines;
  const taken = { atMs: disputedMs, amountMinor: -paid.amountMinor, feeMinor: disputeFeeMinor };
  return [...lines, line(disputeId, { type: 'adjustment', category: 'dispute', ...taken })];
};

/** The account's lines, oldest first. */
export const balanceOf = (orders: Pick<Payments, 'all'>): readonly BalanceLine[] =>
  orders
    .all()
    .flatMap(linesOf)
    .sort((a, b) => a.atMs - b.atMs);

/** The line of this id. */
export const findBalance = (orders: Pick<Payments, 'all'>, id: string, nowMs: number): object | Refusal => {
  const line = balanceOf(orders).find((one) => one.id === id);
  return line === undefined ? refusals.noSuch('balance_transaction', id, 'id') : balanceFields(line, nowMs);
};
