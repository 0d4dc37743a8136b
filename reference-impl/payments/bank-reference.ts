/**
 * The creditor reference (ISO 11649) under which an order is paid at a bank: its id in base 36 behind `RF` and two
 * check digits. It leads back to the id, so nothing has to be looked up, and a mistyped one leads nowhere.
 */

const idForm = /^ord_([0-9a-f]{24})$/;
/** As many as twelve bytes need. */
const lengthMax = 19;

/** The remainder by 97 of the text in which each letter stands for its two-digit number (A is 10). */
const remainderOf = (text: string): bigint =>
  BigInt(text.replaceAll(/[A-Z]/g, (letter) => String(letter.charCodeAt(0) - 55))) % 97n;

/** The reference of an order; undefined for an id of another form than orders have. */
export const bankReferenceOf = (orderId: string): string | undefined => {
  const hex = idForm.exec(orderId)?.[1];
  if (hex === undefined) return undefined;
  const body = BigInt(`0x${hex}`).toString(36).toUpperCase().padStart(lengthMax, '0');
  return `RF${String(98n - remainderOf(`${body}RF00`)).padStart(2, '0')}${body}`;
};

/** The order whose reference `text` is, in whatever case and however it is spaced; '' when it is none of ours. */
export const orderIdIn = (text: string): string => {
  const typed = text.replaceAll(/\s/g, '').toUpperCase();
  const body = /^RF\d\d([0-9A-Z]{19})$/.exec(typed)?.[1];
  if (body === undefined || remainderOf(body + typed.slice(0, 4)) !== 1n) return '';
  let value = 0n;
  for (const digit of body) value = value * 36n + BigInt(Number.parseInt(digit, 36));
  const orderId = `ord_${value.toString(16).padStart(24, '0')}`;
  return bankReferenceOf(orderId) === typed ? orderId : '';
};
