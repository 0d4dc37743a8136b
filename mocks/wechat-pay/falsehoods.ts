/** What a notice may say wrong although WeChat Pay sealed and signed it: its plain text, changed before sealing. */

type Plain = Readonly<Record<string, unknown>>;

const amountIn = (plain: Plain): Plain => plain.amount as Plain;

const withAmount = (plain: Plain, change: (name: string, fen: number) => unknown): Plain => ({
  ...plain,
  amount: Object.fromEntries(
    Object.entries(amountIn(plain)).map(([name, value]) => [
      name,
      typeof value === 'number' ? change(name, value) : value,
    ]),
  ),
});

/**
 * Each by what is wrong: `amount` is ten times as high, `status` has not been paid or has failed, `schema` writes fen
 * as text and adds a field that nobody knows.
 */
export const falsehoods: Readonly<Record<string, (plain: Plain) => Plain>> = {
  amount: (plain) => withAmount(plain, (_name, fen) => fen * 10),
  currency: (plain) => ({ ...plain, amount: { ...amountIn(plain), currency: 'USD', payer_currency: 'USD' } }),
  merchant: (plain) => ({ ...plain, mchid: '1900000003', ...('appid' in plain && { appid: 'wx0000000000000003' }) }),
  order: (plain) => ({ ...plain, out_trade_no: 'order-of-somebody-else' }),
  payer: (plain) => ({ ...plain, payer: { openid: 'oTopple000000000000000000009' } }),
  status: (plain) =>
    'refund_status' in plain ? { ...plain, refund_status: 'ABNORMAL' } : { ...plain, trade_state: 'NOTPAY' },
  schema: (plain) => ({ ...withAmount(plain, (_name, fen) => String(fen)), a_new_field: { nested: true } }),
};
