/** Makes two sides' answers comparable: what each draws anew becomes a placeholder, the rest stays as it came. */

/** JSON as it came. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** What is a name, a moment or prose in a vendor's answers. */
export interface Rules {
  /** Names that the vendor makes up: `{name N}`, and the same name has the same N. */
  readonly names: readonly { readonly name: string; readonly pattern: RegExp }[];
  /** Fields that hold moments as numbers. */
  readonly momentFields: readonly string[];
  /** Fields that hold prose: for people, who mind no change of it. */
  readonly proseFields: readonly string[];
}

const always: Rules['names'] = [
  { name: 'url', pattern: /https?:\/\/[^\s'"]+/g },
  { name: 'moment', pattern: /\b\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?/g },
];

/**
 * One side's answers with placeholders, which are counted over all of them: that an answer names what an earlier one
 * named stays visible. `given` are texts that both sides were told; a `{name}` of it stands for each. With `isStrict`
 * prose stays.
 */
export const openPlaceholders = (
  { names, momentFields, proseFields }: Rules,
  given: Readonly<Record<string, string>>,
  isStrict: boolean,
): ((answer: unknown) => Json) => {
  const seen = new Map<string, string>();
  const placeholder = (name: string, found: string): string => {
    const known = seen.get(`${name} ${found}`);
    if (known !== undefined) return known;
    const nth = [...seen.keys()].filter((key) => key.startsWith(`${name} `)).length + 1;
    seen.set(`${name} ${found}`, `{${name} ${nth}}`);
    return `{${name} ${nth}}`;
  };
  const textOf = (text: string): string => {
    const told = Object.entries(given).reduce((all, [name, value]) => all.replaceAll(value, `{${name}}`), text);
    return [...always, ...names].reduce(
      (all, { name, pattern }) =>
        all.replaceAll(pattern, (found) => (name === 'moment' ? '{moment}' : placeholder(name, found))),
      told,
    );
  };
  const jsonOf = (field: string, value: unknown): Json => {
    if (typeof value === 'string') return proseFields.includes(field) && !isStrict ? '{prose}' : textOf(value);
    if (typeof value === 'number') return momentFields.includes(field) ? '{moment}' : value;
    if (Array.isArray(value)) return value.map((one) => jsonOf(field, one));
    if (typeof value !== 'object' || value === null) return typeof value === 'boolean' ? value : null;
    return Object.fromEntries(
      Object.entries(value).flatMap(([name, one]) => (one === undefined ? [] : [[name, jsonOf(name, one)]])),
    );
  };
  return (answer) => jsonOf('', answer);
};
