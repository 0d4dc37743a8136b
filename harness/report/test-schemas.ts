/** The published schemas of the journal, compiled, for tests. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';

const folder = join(import.meta.dirname, 'schema');
const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true });

/** What there is a schema of, as its file is called. */
export const schemaNames: readonly string[] = readdirSync(folder).map((name) => name.replace(/\.schema\.json$/, ''));

const validators = new Map(
  schemaNames.map((name) => {
    const text = readFileSync(join(folder, `${name}.schema.json`), 'utf8');
    return [name, ajv.compile(JSON.parse(text) as object)] as const;
  }),
);

/** What the schema called `name` says against a document, as one text; empty if it fits. */
export const schemaProblems = (name: string, document: unknown): string => {
  const validate = validators.get(name);
  if (validate === undefined) return `there is no schema ${name}`;
  return validate(document) ? '' : ajv.errorsText(validate.errors);
};
