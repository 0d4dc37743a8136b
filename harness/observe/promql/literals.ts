import { parseDurationMs } from '../duration.ts';
import { parseValue } from '../value.ts';

/** A PromQL number: decimal, hexadecimal, octal with a leading 0, `Inf`, `NaN`, or a duration in seconds. */
export const parseNumber = (text: string): number | undefined => {
  const plain = text.replaceAll('_', '').toLowerCase();
  const signed = /^[+-]/.test(plain);
  const digits = signed ? plain.slice(1).trim() : plain;
  const sign = plain.startsWith('-') ? -1 : 1;
  if (/^0x[0-9a-f]+$/.test(digits)) return sign * Number.parseInt(digits, 16);
  if (/^0[0-7]+$/.test(digits)) return sign * Number.parseInt(digits, 8);
  const value = parseValue(digits);
  if (value !== undefined) return sign * value;
  const durationMs = parseDurationMs(digits);
  return durationMs === undefined ? undefined : (sign * durationMs) / 1000;
};

const simpleEscapes: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
};

const escapeSequence =
  /\\(?:([abfnrtv\\'"])|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|([\s\S]))/g;

/**
 * The text that a quoted PromQL string stands for: Go's escapes in `"` and `'`, none in backticks. Undefined when the
 * quotes do not close, a line ends inside, or an escape is unknown; bytes above 127 (`\xff`) are not read either.
 */
export const parseString = (quoted: string): string | undefined => {
  const quote = quoted[0];
  const inside = quoted.slice(1, -1);
  if (quoted.length < 2 || quoted.at(-1) !== quote) return undefined;
  if (quote === '`') return inside;
  let valid = !inside.includes('\n') && !/(?<!\\)(?:\\\\)*\\$/.test(inside);
  const text = inside.replace(escapeSequence, (_, simple, byte, short, long, octal, other) => {
    if (simple !== undefined) return simpleEscapes[simple] as string;
    const code = octal === undefined ? Number.parseInt(byte ?? short ?? long, 16) : Number.parseInt(octal, 8);
    const single = byte !== undefined || octal !== undefined;
    if (other !== undefined || code > (single ? 127 : 0x10ffff)) {
      valid = false;
      return '';
    }
    return String.fromCodePoint(code);
  });
  return valid ? text : undefined;
};
