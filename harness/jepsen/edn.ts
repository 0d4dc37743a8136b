/** Clojure's notation for data, as Jepsen and Elle read it: maps with keywords, one document per line. */

/** A name that is not text: `:ok`. */
export class Keyword {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
  toJSON(): string {
    return this.name;
  }
}

/** `:ok` of `ok`; the name is kebab-case. */
export const keyword = (name: string): Keyword => new Keyword(name);

/** What can be written: members of an object become keywords, and those that are undefined are left out. */
export type Edn = null | boolean | number | string | Keyword | readonly Edn[] | { readonly [name: string]: Edn };

/** The value on one line. Throws RangeError for a number that is not finite. */
export const toEdn = (value: Edn): string => {
  if (value === null) return 'nil';
  if (value instanceof Keyword) return `:${value.name}`;
  if (Array.isArray(value)) return `[${value.map(toEdn).join(' ')}]`;
  if (typeof value === 'object')
    return `{${Object.entries(value)
      .map(([name, one]) => `:${name} ${toEdn(one)}`)
      .join(', ')}}`;
  if (typeof value === 'number' && !Number.isFinite(value)) throw new RangeError(`${value} has no notation`);
  return JSON.stringify(value);
};
