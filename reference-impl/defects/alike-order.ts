/** What a defect and its look-alike share: the order that money without a reference might be for. */
import type { OpenEntry } from '../reconciliation/settle-entries.ts';
import type { RoleParts } from '../service.ts';

/** The oldest order that waits for a transfer of this amount; undefined when none does. */
export const alikeOrder = async (
  { ports }: Pick<RoleParts, 'ports'>,
  { amount_minor: amountMinor, currency }: OpenEntry,
): Promise<string | undefined> => {
  const { rows } = await ports.db.query<{ id: string }>(
    `select id from topup.orders where payment_provider = 'bank-transfer' and state = 'PAYMENT_PENDING' and hold is null
       and amount_minor = $1 and currency = $2 order by created_at, id limit 1`,
    [amountMinor.toString(), currency],
  );
  return rows[0]?.id;
};
