/** Joins the questions of this folder with a real Prometheus. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { startPrometheus } from './prometheus.ts';
import { parseScript, withAnswers } from './script.ts';

/** A `.test` file. */
export interface ScriptFile {
  readonly name: string;
  readonly path: string;
  readonly text: string;
}

/** All files with questions, by name. */
export const scriptFiles = (): readonly ScriptFile[] =>
  readdirSync(new URL('.', import.meta.url))
    .filter((name) => name.endsWith('.test'))
    .sort()
    .map((name) => {
      const path = fileURLToPath(new URL(name, import.meta.url));
      return { name, path, text: readFileSync(path, 'utf8') };
    });

/** The text of a file, with what the Prometheus at `program` answers to its questions. */
export const answeredBy = async (program: string, text: string): Promise<string> => {
  const prometheus = await startPrometheus(program);
  try {
    await prometheus.write(parseScript(text).store.select([]));
    return await withAnswers(text, prometheus.version, prometheus.ask);
  } finally {
    await prometheus.stop();
  }
};
