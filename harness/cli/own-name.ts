/** Lets the files that a run loads import from `topple`, wherever they lie and whether or not it is installed there. */
import { registerHooks } from 'node:module';
import { extname } from 'node:path';

/** `.ts` in a clone, `.js` in the published package. */
const ending = extname(import.meta.url);

/** As `exports` in the manifest. */
const modules: Readonly<Record<string, string>> = {
  topple: `../../topple${ending}`,
  'topple/mocks/client': `../../mocks/client${ending}`,
  'topple/mocks/msw': `../../mocks/doors/msw${ending}`,
  'topple/mocks/post-webhook': `../../mocks/doors/post-webhook${ending}`,
  'topple/mocks/socket': `../../mocks/doors/socket${ending}`,
};

/**
 * From now on, an import of `topple` in this process means this very copy. Another one that npm has put beside the
 * user's file would make errors and items that this copy does not know as its own.
 */
export const answerToOwnName = (): void => {
  registerHooks({
    resolve: (specifier, context, next) => {
      const path = modules[specifier];
      if (path === undefined) return next(specifier, context);
      return { url: new URL(path, import.meta.url).href, shortCircuit: true };
    },
  });
};
