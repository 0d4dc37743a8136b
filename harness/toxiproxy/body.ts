/** Reads fields of a JSON request body; each function throws an `ApiError` with status 400 that names the field. */
import { apiErrors } from './api-error.ts';

/** A JSON object of unknown content. */
export type Body = Readonly<Record<string, unknown>>;

/** Parses JSON text. */
export const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw apiErrors.badBody(error instanceof Error ? error.message : String(error));
  }
};

/** `value` as an object whose keys are all among `known`, null as an empty one; `what` names it in the error. */
export const objectOf = (given: unknown, what: string, known: readonly string[]): Body => {
  const value = given ?? {};
  if (typeof value !== 'object' || Array.isArray(value)) {
    throw apiErrors.badBody(`${what} must be a JSON object`);
  }
  for (const key of Object.keys(value)) {
    if (!known.includes(key)) {
      throw apiErrors.badBody(`${what} has no field "${key}"; fields: ${known.join(', ') || 'none'}`);
    }
  }
  return value as Body;
};

/** A text, or undefined when it is absent or null. */
export const textOf = (body: Body, field: string): string | undefined => {
  const value = body[field] ?? undefined;
  if (value !== undefined && typeof value !== 'string') throw apiErrors.badBody(`${field} must be a text`);
  return value;
};

/** A boolean, or `fallback` when it is absent or null. */
export const booleanOf = (body: Body, field: string, fallback: boolean): boolean => {
  const value = body[field] ?? fallback;
  if (typeof value !== 'boolean') throw apiErrors.badBody(`${field} must be true or false`);
  return value;
};

/** A number from `min` to `max` (an integer if `integer`), or `defaultValue` when it is absent or null. */
export const numberOf = (
  body: Body,
  field: string,
  defaultValue: number,
  bounds: { min: number; max: number; integer: boolean },
): number => {
  const value = body[field] ?? defaultValue;
  const fits =
    typeof value === 'number' &&
    value >= bounds.min &&
    value <= bounds.max &&
    (!bounds.integer || Number.isSafeInteger(value));
  if (fits) return value;
  const kind = bounds.integer ? 'an integer' : 'a number';
  const range =
    bounds.max === Number.MAX_SAFE_INTEGER ? `of at least ${bounds.min}` : `from ${bounds.min} to ${bounds.max}`;
  throw apiErrors.badBody(`${field} must be ${kind} ${range}, not ${JSON.stringify(value)}`);
};

/** Refuses a text field that differs from the present value, which the API cannot change. */
export const refuseChange = (body: Body, field: string, present: string): void => {
  const wanted = textOf(body, field);
  if (wanted && wanted.toLowerCase() !== present.toLowerCase()) {
    throw apiErrors.badBody(`${field} cannot be changed from "${present}" to "${wanted}"; delete and create instead`);
  }
};
