/** Structured creditor references (ISO 11649): `RF`, two check digits by ISO 7064, 1 to 21 letters and digits. */

/** What ISO 7064 MOD 97-10 leaves of a text of letters and digits. */
export const remainderOf97 = (text: string): number => {
  let remainder = 0;
  for (const character of text) {
    const value = Number.parseInt(character, 36);
    remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97;
  }
  return remainder;
};

const form = /^RF\d\d[0-9A-Z]{1,21}$/;

const isRight = (reference: string): boolean =>
  form.test(reference) && remainderOf97(reference.slice(4) + reference.slice(0, 4)) === 1;

/** The reference with its check digits; undefined unless `name` is 1 to 21 letters and digits. */
export const referenceOf = (name: string): string | undefined => {
  if (!/^[0-9A-Za-z]{1,21}$/.test(name)) return undefined;
  const upper = name.toUpperCase();
  return `RF${String(98 - remainderOf97(`${upper}RF00`)).padStart(2, '0')}${upper}`;
};

/** The reference that a text consists of, however it is spaced and in whatever case; '' where it is none. */
export const referenceIn = (text: string): string => {
  const typed = text.replaceAll(/\s/g, '').toUpperCase();
  return isRight(typed) ? typed : '';
};

/** As it is printed: in groups of four. */
export const printed = (reference: string): string => reference.replaceAll(/(.{4})(?=.)/g, '$1 ');
