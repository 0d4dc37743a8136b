/** Answers that are asked for again and again: a world asks the same few statements the same questions at each step. */

/** More than any system has statements; one that writes literals into its SQL would never end. */
const textsMax = 2_000;

/** `answer`, worked out once per text; it must depend on nothing else. */
export const remembered = <Answer>(answer: (text: string) => Answer): ((text: string) => Answer) => {
  const known = new Map<string, Answer>();
  return (text) => {
    if (known.has(text)) return known.get(text) as Answer;
    const found = answer(text);
    if (known.size < textsMax) known.set(text, found);
    return found;
  };
};
