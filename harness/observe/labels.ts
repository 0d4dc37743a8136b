/** Labels identify a series; the metric's name is the label `__name__`. A label that is empty does not exist. */
export type Labels = Readonly<Record<string, string>>;

/** The label that holds the metric's name. */
export const nameLabel = '__name__';

/** The value of a label, '' when the series does not have it. */
export const labelOf = (labels: Labels, name: string): string =>
  Object.hasOwn(labels, name) ? (labels[name] as string) : '';

/** `labels` with some of them set; an empty value removes one. */
export const withLabels = (labels: Labels, changes: Labels): Labels =>
  Object.fromEntries(Object.entries({ ...labels, ...changes }).filter(([, value]) => value !== ''));

/** `labels` without those in `names`. */
export const dropLabels = (labels: Labels, names: readonly string[]): Labels =>
  Object.fromEntries(Object.entries(labels).filter(([name]) => !names.includes(name)));

/** Only those of `labels` that are in `names`. */
export const keepLabels = (labels: Labels, names: readonly string[]): Labels =>
  Object.fromEntries(Object.entries(labels).filter(([name]) => names.includes(name)));

const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '"': '\\"', '\n': '\\n' };

/** A label value in double quotes, with the three escapes of the exposition format. */
const quoteLabel = (value: string): string => `"${value.replace(/[\\"\n]/g, (char) => escapes[char] as string)}"`;

/** `name{a="x",b="y"}` with sorted labels: equal texts mean equal label sets, so this is also the key of a series. */
export const seriesText = (labels: Labels): string => {
  let pairs = '';
  for (const name of Object.keys(labels).sort()) {
    if (name !== nameLabel) pairs += `${pairs === '' ? '' : ','}${name}=${quoteLabel(labels[name] as string)}`;
  }
  const metric = labelOf(labels, nameLabel);
  return pairs === '' && metric !== '' ? metric : `${metric}{${pairs}}`;
};
