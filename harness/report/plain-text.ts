/** Text that came from the system under test, made harmless for the places where people read it. */

/** Control, format and unassigned characters, lone surrogates, line separators: what steers a terminal or a reader. */
const unprintable = /\p{C}|\p{Zl}|\p{Zp}/gu;

/** One line without anything that could steer a terminal, turn the reading direction, or break XML. */
export const harmless = (text: string): string => text.replace(/\s+/g, ' ').replace(unprintable, '\ufffd');

/** What a terminal shows without a break, on the narrowest that people use. */
const columnsMax = 80;

/** A number stays with its unit. */
const betweenWords = / (?!m?s\b)/;

/** Breaks `text` between words at 80 columns; lines after the first are indented. A longer word stays whole. */
export const wrapped = (text: string, indentChars: number): string => {
  const [lead = ''] = /^ */.exec(text) ?? [];
  const lines: string[] = [];
  let line = '';
  for (const word of text.trim().split(betweenWords)) {
    const start = lines.length === 0 ? lead : ' '.repeat(indentChars);
    if (line === '') line = start + word;
    else if (line.length + 1 + word.length <= columnsMax) line += ` ${word}`;
    else {
      lines.push(line);
      line = ' '.repeat(indentChars) + word;
    }
  }
  return [...lines, line].join('\n');
};
