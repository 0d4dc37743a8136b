/** What a notice may say wrong although Alipay signed it: whoever believes the signature alone believes it. */

type Fields = ReadonlyMap<string, string>;

const amountFields = ['total_amount', 'receipt_amount', 'invoice_amount', 'buyer_pay_amount'];

const withFields = (fields: Fields, change: Readonly<Record<string, string>>): Fields =>
  new Map([...fields, ...Object.entries(change)]);

/**
 * Each by what is wrong: `amount` is higher by a leading 9, `status` still waits for the buyer, `schema` writes amounts
 * with three decimals and adds a field that nobody knows. Currencies are told of foreign payments alone (M).
 */
export const falsehoods: Readonly<Record<string, (fields: Fields) => Fields>> = {
  amount: (fields) =>
    new Map([...fields].map(([name, value]) => [name, amountFields.includes(name) ? `9${value}` : value])),
  currency: (fields) => withFields(fields, { trans_currency: 'USD', settle_currency: 'USD' }),
  merchant: (fields) => withFields(fields, { app_id: '2021000000000002', seller_id: '2088000000000003' }),
  order: (fields) => withFields(fields, { out_trade_no: 'order_of_somebody_else' }),
  payer: (fields) => withFields(fields, { buyer_id: '2088000000000009' }),
  status: (fields) => withFields(fields, { trade_status: 'WAIT_BUYER_PAY' }),
  schema: (fields) =>
    withFields(new Map([...fields].map(([name, value]) => [name, amountFields.includes(name) ? `${value}0` : value])), {
      ext_infos: '{"a_new_field":true}',
    }),
};
