/**
 * Transfers to our accounts. The bank is asked for no payment: the buyer is shown an account and a reference, and what
 * came is known from the entries that reconciliation has read of our accounts (`topup.bank_entries`).
 */
import { type BankTransferConfig, needed } from '../config.ts';
import { interval } from '../db/transaction.ts';
import type { RoleParts } from '../service.ts';
import { bankReferenceOf } from './bank-reference.ts';
import { type PaymentClient, type Trade, unknown } from './payment-client.ts';

interface EntryRow {
  readonly entry_id: string | null;
  readonly amount_minor: string | bigint;
  readonly currency: string;
  readonly is_fresh: boolean;
}

/** The account that takes this currency. */
const ibanFor = ({ ibanCNY, ibanUSD }: BankTransferConfig, currency: string): string =>
  currency === 'CNY' ? ibanCNY : ibanUSD;

/** The order's first transfer, or the one of that number; and whether our accounts were read lately. */
const entryQuery = `select e.entry_id, e.amount_minor, e.currency, f.is_fresh
  from (select count(swept_at) = 2 and min(swept_at) > now() - ${interval('$3')} as is_fresh
    from topup.bank_accounts where iban in ($4, $5)) f
  left join (
    select id, entry_id, amount_minor, currency from topup.bank_entries
    where order_id = $1 and side = 'credit' order by (entry_id = $2) desc, id limit 1) e on true`;

/** The client of a role that is configured for bank-transfer. */
export const bankTransferClient = ({ config, ports }: RoleParts): PaymentClient => {
  const bank = needed(config.payments, 'bank-transfer');
  return {
    initiate: async ({ id, currency }) => {
      const reference = bankReferenceOf(id);
      if (reference === undefined) return { kind: 'refused', code: 'ORDER_HAS_NO_REFERENCE' };
      return { kind: 'accepted', payBy: `${ibanFor(bank, currency)} ${reference}`, number: reference };
    },
    query: async ({ id, paymentNumber }): Promise<Trade> => {
      const values = [id, paymentNumber ?? '', config.times.webhookOverdueMs, bank.ibanCNY, bank.ibanUSD];
      const { rows } = await ports.db.query<EntryRow>(entryQuery, values);
      const [row] = rows;
      if (row?.entry_id) {
        const { entry_id: tradeNo, amount_minor, currency } = row;
        return { kind: 'captured', tradeNo, amountMinor: BigInt(amount_minor), currency };
      }
      return row?.is_fresh === true ? { kind: 'open' } : unknown('our accounts were not read lately');
    },
  };
};
