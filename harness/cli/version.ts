import { readFileSync } from 'node:fs';

/** The version of this topple, as its manifest says. */
export const toppleVersion = (): string => {
  const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(manifest) as { readonly version: string }).version;
};
