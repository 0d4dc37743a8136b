/** Providers' JSON, read without trust: a field that is not what it should be is as if it were not there. */

/** A JSON object. */
export type Fields = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The object in `text`, or undefined. */
export const fieldsIn = (text: string): Fields | undefined => {
  try {
    const parsed: unknown = JSON.parse(text);
    return isObject(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
};

/** The object under `name`; one without fields when there is none. */
export const objectIn = (fields: Fields, name: string): Fields => {
  const value = fields[name];
  return isObject(value) ? value : {};
};

/** The objects listed under `name`; undefined when there is no list, or something else in it. */
export const objectsIn = (fields: Fields, name: string): readonly Fields[] | undefined => {
  const value = fields[name];
  return Array.isArray(value) && value.every(isObject) ? value : undefined;
};

/** The text under `name`, or ''. */
export const textIn = (fields: Fields, name: string): string => {
  const value = fields[name];
  return typeof value === 'string' ? value : '';
};

/** Whole minor units under `name`, which JSON has as a number; undefined for anything else, never a rounded one. */
export const minorIn = (fields: Fields, name: string): bigint | undefined => {
  const value = fields[name];
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? BigInt(value) : undefined;
};
