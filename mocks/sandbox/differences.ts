/** Where two answers differ, field by field. */
import type { Json } from './placeholders.ts';

/** A place at which the two are not the same; a side that has nothing there is undefined. */
export interface Difference {
  readonly path: string;
  readonly vendor: Json | undefined;
  readonly mock: Json | undefined;
}

const isTree = (value: Json | undefined): value is readonly Json[] | { readonly [name: string]: Json } =>
  typeof value === 'object' && value !== null;

/** Every difference, in the order of the vendor's fields; of a list, also its length. */
export const differencesOf = (vendor: Json | undefined, mock: Json | undefined, path = ''): readonly Difference[] => {
  if (!isTree(vendor) || !isTree(mock) || Array.isArray(vendor) !== Array.isArray(mock))
    return vendor === mock ? [] : [{ path, vendor, mock }];
  const [ours, theirs] = [new Map(Object.entries(mock)), new Map(Object.entries(vendor))];
  return [...new Set([...theirs.keys(), ...ours.keys()])].flatMap((name) =>
    differencesOf(theirs.get(name), ours.get(name), path === '' ? name : `${path}.${name}`),
  );
};

/** Whether the vendor says more than the mock, which hurts no client of the mock's own fields. */
export const isOnlyVendors = ({ path, vendor, mock }: Difference): boolean =>
  vendor !== undefined && mock === undefined && !/\.\d+$/.test(path);
