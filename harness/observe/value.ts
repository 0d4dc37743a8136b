/** Sample values as Prometheus writes and reads them: Go's float syntax, any case of NaN and Inf. */
const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const infinite = /^([+-]?)inf(?:inity)?$/i;

/** The number that `text` is, or undefined when it is none. */
export const parseValue = (text: string): number | undefined => {
  if (decimal.test(text)) return Number(text);
  if (/^[+-]?nan$/i.test(text)) return Number.NaN;
  const match = infinite.exec(text);
  if (match) return match[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return undefined;
};

/** Shortest text that reads back as the same number, as Go prints it: `0.1`, `1e-07`, `+Inf`, `NaN`. */
export const formatValue = (value: number): string => {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  const magnitude = Math.abs(value);
  if (magnitude !== 0 && (magnitude < 1e-4 || magnitude >= 1e21)) {
    return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');
  }
  return Object.is(value, -0) ? '-0' : String(value);
};
