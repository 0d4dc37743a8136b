/** Percent-encoding as signatures want it. */

/** RFC 3986: encodeURIComponent and the five characters that it leaves alone; a lone surrogate counts as U+FFFD. */
export const encodeRfc3986 = (text: string): string =>
  encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`,
  );

const before = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Every parameter encoded, sorted by name and then by value as they are before that, joined with `&`. */
export const canonicalQuery = (query: URLSearchParams): string =>
  [...query]
    .sort(([name, value], [otherName, otherValue]) => before(name, otherName) || before(value, otherValue))
    .map(([name, value]) => `${encodeRfc3986(name)}=${encodeRfc3986(value)}`)
    .join('&');
