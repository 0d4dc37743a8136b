/** XML as ISO 20022 messages need it: elements with text or elements in them. */

/** Text that is XML already. */
export interface Xml {
  readonly xml: string;
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Control characters, and halves of characters, have no place in XML at all. */
const escaped = (text: string): string =>
  text
    .toWellFormed()
    // biome-ignore lint/suspicious/noControlCharactersInRegex: it is these that are left out
    .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
    .replaceAll(/[&<>"]/g, (mark) => entities[mark] ?? mark);

/** An element; children that are undefined are left out. */
export const element = (name: string, ...children: readonly (Xml | string | undefined)[]): Xml => {
  const inner = children.map((child) => (typeof child === 'string' ? escaped(child) : (child?.xml ?? '')));
  return { xml: `<${name}>${inner.join('')}</${name}>` };
};

/** An amount: the currency is its attribute. */
export const amountElement = (name: string, decimal: string, currency: string): Xml => ({
  xml: `<${name} Ccy="${escaped(currency)}">${escaped(decimal)}</${name}>`,
});

/** The whole text of a message: `schema` is such as `camt.053.001.08`. */
export const documentOf = (schema: string, root: Xml): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n` +
  `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:${schema}">${root.xml}</Document>\n`;
