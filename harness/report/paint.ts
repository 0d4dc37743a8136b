/** Colour on a terminal: it repeats what the words say, and is never the only thing that says it. */
import { styleText } from 'node:util';
import type { Finding } from '../run/audit.ts';

/** What a piece of text is, from which its colour follows. */
export type Tone = Finding | 'title' | 'faint';

/** Gives text the look of its tone. */
export type Paint = (tone: Tone, text: string) => string;

const looks = { holds: 'green', violated: 'red', unknown: 'yellow', title: 'bold', faint: 'dim' } as const;

/** No colour at all: for files, pipes and logs. */
export const plain: Paint = (_tone, text) => text;

/** Colours for a terminal. */
export const coloured: Paint = (tone, text) => styleText(looks[tone], text, { validateStream: false });

/** Colours for a person at a terminal; none in a pipeline, in a dumb terminal, or where NO_COLOR asks for none. */
export const paintFor = (
  { isTTY }: { readonly isTTY?: boolean },
  environment: Readonly<Record<string, string | undefined>>,
): Paint => {
  const isUnwanted = [environment.NO_COLOR, environment.CI].some((value) => value !== undefined && value !== '');
  return isTTY === true && !isUnwanted && environment.TERM !== 'dumb' ? coloured : plain;
};
