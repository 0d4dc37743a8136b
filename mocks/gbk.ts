/** GBK, in which some Chinese files are still written. Node decodes it and does not encode it. */

/** What the decoder of the web knows beyond GBK: characters of GB 18030, the euro, private ones. */
const beyond = /[\u01F9\u1E3F\u20AC\u2FF0-\u2FFB\u303E\uE000-\uF8FF\uFE10-\uFE19]/;
const lastLead = 0xfd; // rows 0xfe and above are of GB 18030 too

/** Bytes of each character that has two of them; made once, when first asked for. */
let table: ReadonlyMap<string, readonly [number, number]> | undefined;

const makeTable = (): ReadonlyMap<string, readonly [number, number]> => {
  const decoder = new TextDecoder('gbk');
  const made = new Map<string, readonly [number, number]>();
  for (let lead = 0x81; lead <= lastLead; lead += 1) {
    for (let trail = 0x40; trail <= 0xfe; trail += 1) {
      const text = decoder.decode(Uint8Array.of(lead, trail));
      if (text.length === 1 && text !== '\uFFFD' && !beyond.test(text) && !made.has(text))
        made.set(text, [lead, trail]);
    }
  }
  return made;
};

/** The bytes of `text`; `?` for what GBK does not have. */
export const toGbk = (text: string): Uint8Array => {
  table ??= makeTable();
  const bytes: number[] = [];
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x80) bytes.push(code);
    else bytes.push(...(table.get(character) ?? [0x3f]));
  }
  return Uint8Array.from(bytes);
};
