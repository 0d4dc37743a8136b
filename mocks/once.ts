/** Work that several may ask for and that is done once. */

/** `make`, which is called when its value is asked for first, and never again. */
export const once = <Value>(make: () => Value): (() => Value) => {
  let made: { readonly value: Value } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
};
