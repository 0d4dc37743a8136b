/** XML and HTML in which whatever is filled in is escaped: only `markup` itself makes markup. */
import { harmless } from './plain-text.ts';

/** A piece of a document, already escaped. */
export interface Markup {
  readonly markup: string;
}

/** What may be filled in; lists are written one after the other. */
export type Filling = string | number | Markup | readonly Markup[];

const escaped = (text: string): string => harmless(text).replace(/[<>&"']/g, (letter) => `&#${letter.charCodeAt(0)};`);

const written = (filling: Filling): string => {
  if (typeof filling === 'string') return escaped(filling);
  if (typeof filling === 'number') return String(filling);
  return 'markup' in filling ? filling.markup : filling.map(({ markup }) => markup).join('');
};

/** A tagged template: ``markup`<b title="${text}">${text}</b>` ``. Text becomes one harmless, escaped line. */
export const markup = (texts: TemplateStringsArray, ...fillings: readonly Filling[]): Markup => ({
  markup: texts
    .map((text, index) => text + (index < fillings.length ? written(fillings[index] as Filling) : ''))
    .join(''),
});

/** Pieces with a line break between them. */
export const joined = (pieces: readonly Markup[]): Markup => ({
  markup: pieces.map((piece) => piece.markup).join('\n'),
});

/** An empty piece of a document. */
export const none: Markup = { markup: '' };
