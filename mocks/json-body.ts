/** JSON that a client sent. */

/** A JSON object; every other body is one without fields. */
export type Json = Readonly<Record<string, unknown>>;

/** Whether a value is an object with fields. */
export const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null;

/** The body as an object, or undefined when it is none. */
export const readJsonObject = (body: Uint8Array): Json | undefined => {
  try {
    const parsed: unknown = JSON.parse(new TextDecoder().decode(body));
    return isJson(parsed) && !Array.isArray(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
};

/** A field that is text, or ''. */
export const textIn = (fields: Json, name: string): string => {
  const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
  return typeof value === 'string' ? value : '';
};
