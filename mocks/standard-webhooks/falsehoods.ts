/** What a notice may say wrong although the provider signed it. */

type Fields = Readonly<Record<string, unknown>>;

const inside = (notice: Fields, change: (data: Fields) => Fields): Fields => ({
  ...notice,
  data: change(notice.data as Fields),
});

const withAmounts = (data: Fields, change: (amount: number) => unknown): Fields =>
  Object.fromEntries(
    Object.entries(data).map(([name, value]) => [
      name,
      name.endsWith('amount') && typeof value === 'number' ? change(value) : value,
    ]),
  );

/**
 * Each by what is wrong: `amount` is ten times as high; `currency` is the yen, which has no smaller coins; `schema`
 * writes amounts as text and adds a field that nobody knows.
 */
export const falsehoods: Readonly<Record<string, (notice: Fields) => Fields>> = {
  amount: (notice) => inside(notice, (data) => withAmounts(data, (amount) => amount * 10)),
  currency: (notice) => inside(notice, (data) => ({ ...data, currency: 'JPY' })),
  merchant: (notice) => inside(notice, (data) => ({ ...data, merchant_id: 'mer_somebody_else' })),
  order: (notice) => inside(notice, (data) => ({ ...data, reference: 'order-of-somebody-else' })),
  payer: (notice) => inside(notice, (data) => ({ ...data, payer: 'buyer_somebody_else' })),
  status: (notice) => inside(notice, (data) => ({ ...data, status: 'pending' })),
  schema: (notice) => inside(notice, (data) => ({ ...withAmounts(data, String), a_new_field: { nested: true } })),
};
