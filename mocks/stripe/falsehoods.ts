/** What a notice may say wrong although Stripe signed it. */

type Fields = Readonly<Record<string, unknown>>;

const amountNames = ['amount', 'amount_received', 'amount_captured', 'amount_total'];

/** The object of a notice, with something about its amounts changed. */
const withAmounts = (object: Fields, change: (amount: number) => unknown): Fields =>
  Object.fromEntries(
    Object.entries(object).map(([name, value]) => [
      name,
      amountNames.includes(name) && typeof value === 'number' ? change(value) : value,
    ]),
  );

const inside = (notice: Fields, change: (object: Fields) => Fields): Fields => ({
  ...notice,
  data: { object: change((notice.data as { object: Fields }).object) },
});

/**
 * Each by what is wrong: `amount` is ten times as high; `currency` is the yen, which has no smaller coins; `merchant`
 * is a connected account; `schema` writes amounts as text, of a version of the API that does not exist.
 */
export const falsehoods: Readonly<Record<string, (notice: Fields) => Fields>> = {
  amount: (notice) => inside(notice, (object) => withAmounts(object, (amount) => amount * 10)),
  currency: (notice) => inside(notice, (object) => ({ ...object, currency: 'jpy' })),
  merchant: (notice) => ({ ...notice, account: 'acct_other' }),
  order: (notice) =>
    inside(notice, (object) => ({
      ...object,
      metadata: { order_no: 'order-of-somebody-else' },
      ...('client_reference_id' in object && { client_reference_id: 'order-of-somebody-else' }),
    })),
  payer: (notice) => inside(notice, (object) => ({ ...object, customer: 'cus_other' })),
  status: (notice) =>
    inside(notice, (object) =>
      'payment_status' in object ? { ...object, payment_status: 'unpaid' } : { ...object, status: 'processing' },
    ),
  schema: (notice) => ({
    ...inside(notice, (object) => ({ ...withAmounts(object, String), a_new_field: { nested: true } })),
    api_version: '2099-01-01.unheard',
  }),
};
