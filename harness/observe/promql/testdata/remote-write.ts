/**
 * Prometheus's remote write, version 1: a protobuf message in a Snappy block. It is the only way in that takes stale
 * markers, for which OpenMetrics has no word.
 */
import type { Point, Series } from '../../store.ts';

/** The NaN that Prometheus takes for "this series has ended". */
const staleBits = 0x7ff0000000000002n;

const varint = (value: number): number[] => {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return [...bytes, rest];
};

/** A field that holds bytes: text, or another message. */
const field = (number: number, content: Uint8Array): Uint8Array =>
  Buffer.concat([Uint8Array.from([number * 8 + 2, ...varint(content.length)]), content]);

const sample = ({ timestampMs, value }: Point): Uint8Array => {
  const double = Buffer.alloc(8);
  if (value === null) double.writeBigUInt64LE(staleBits);
  else double.writeDoubleLE(value);
  return Buffer.concat([Uint8Array.from([1 * 8 + 1]), double, Uint8Array.from([2 * 8, ...varint(timestampMs)])]);
};

const label = (name: string, value: string): Uint8Array =>
  Buffer.concat([field(1, Buffer.from(name)), field(2, Buffer.from(value))]);

const timeSeries = ({ labels, points }: Series): Uint8Array =>
  Buffer.concat([
    ...Object.keys(labels)
      .sort()
      .map((name) => field(1, label(name, labels[name] as string))),
    ...points.map((point) => field(2, sample(point))),
  ]);

/** Longest literal of a Snappy block whose length fits in two bytes. */
const literalBytesMax = 65_536;

/** A Snappy block that compresses nothing. */
const snappy = (content: Uint8Array): Uint8Array => {
  const parts: Uint8Array[] = [Uint8Array.from(varint(content.length))];
  for (let from = 0; from < content.length; from += literalBytesMax) {
    const literal = content.subarray(from, from + literalBytesMax);
    const last = literal.length - 1;
    parts.push(Uint8Array.from([61 * 4, last % 256, Math.floor(last / 256)]), literal);
  }
  return Buffer.concat(parts);
};

/** The body of a write request; no timestamp may be negative. */
export const writeRequestOf = (series: readonly Series[]): Uint8Array<ArrayBuffer> =>
  new Uint8Array(snappy(Buffer.concat(series.map((one) => field(1, timeSeries(one))))));
