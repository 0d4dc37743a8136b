import type { Labels } from './labels.ts';
import { labelOf } from './labels.ts';
import { formatValue } from './value.ts';

/** Renders the text of an annotation or label for one result of a rule's expression. */
export type Template = (result: { readonly labels: Labels; readonly value: number }) => string;

const action = /\{\{-?\s*(.*?)\s*-?\}\}/g;

/**
 * Compiles `{{ $value }}` and `{{ $labels.name }}`, the two forms that rules here may use; a label that is missing
 * renders as ''. Throws a SyntaxError that names any other form, for Prometheus would render it and we would not.
 */
export const compileTemplate = (text: string): Template => {
  for (const [whole, inside] of text.matchAll(action)) {
    if (!/^\$(?:value|labels\.\w+)$/.test(inside as string)) {
      throw new SyntaxError(`${whole} is not rendered here; only {{ $value }} and {{ $labels.name }} are`);
    }
  }
  return ({ labels, value }) =>
    text.replace(action, (_, inside: string) =>
      inside === '$value' ? formatValue(value) : labelOf(labels, inside.slice('$labels.'.length)),
    );
};
