/** Zip archives, as far as a bill needs them: files in one go, no folders, no dates. */
import { crc32, deflateRawSync } from 'node:zlib';

/** A file; its name in the bytes in which the archive shall have it. */
export interface ZipFile {
  readonly name: Uint8Array;
  readonly content: Uint8Array;
}

const signatures = { local: 0x04034b50, central: 0x02014b50, end: 0x06054b50 } as const;
/** 1980-01-01, the first day that a zip knows. */
const firstDay = 0x0021;
const deflated = 8;
const version = 20;

/** Numbers of two or four bytes, one after the other. */
const fields = (...values: readonly (readonly [bytes: 2 | 4, value: number])[]): Buffer =>
  Buffer.concat(
    values.map(([size, value]) => {
      const buffer = Buffer.alloc(size);
      buffer.writeUIntLE(value, 0, size);
      return buffer;
    }),
  );

/** The archive. Names are not marked as UTF-8. */
export const zip = (files: readonly ZipFile[]): Uint8Array => {
  const [locals, centrals]: [Buffer[], Buffer[]] = [[], []];
  let offset = 0;
  for (const { name, content } of files) {
    const packed = deflateRawSync(content);
    const sizes = [
      [4, crc32(content)],
      [4, packed.length],
      [4, content.length],
      [2, name.length],
      [2, 0],
    ] as const;
    const common = fields([2, version], [2, 0], [2, deflated], [2, 0], [2, firstDay], ...sizes);
    const local = Buffer.concat([fields([4, signatures.local]), common, name, packed]);
    const place = fields([2, 0], [2, 0], [2, 0], [4, 0], [4, offset]);
    centrals.push(Buffer.concat([fields([4, signatures.central], [2, version]), common, place, name]));
    locals.push(local);
    offset += local.length;
  }
  const central = Buffer.concat(centrals);
  const counts = [
    [2, files.length],
    [2, files.length],
    [4, central.length],
    [4, offset],
    [2, 0],
  ] as const;
  return Buffer.concat([...locals, central, fields([4, signatures.end], [2, 0], [2, 0], ...counts)]);
};
