/** Loads a file of the user's, with what it may have got wrong told in the words of topple. */
import { pathToFileURL } from 'node:url';
import { ToppleError } from '../errors.ts';

/**
 * What the module at `path` exports. An error of topple's own, such as a range that a fault does not take, is thrown as
 * it is; any other becomes the one that `failed` makes of it.
 */
export const importFile = async (
  path: string,
  failed: (problem: string, cause: unknown) => ToppleError,
): Promise<Readonly<Record<string, unknown>>> => {
  try {
    return (await import(pathToFileURL(path).href)) as Record<string, unknown>;
  } catch (error) {
    if (error instanceof ToppleError) throw error;
    throw failed(error instanceof Error ? error.message : String(error), error);
  }
};
