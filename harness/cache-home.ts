/** Where topple keeps, between runs, what is dear to make. */
import path from 'node:path';

/** `/var/cache/topple` for root, else `topple` in `$XDG_CACHE_HOME` or `~/.cache`; undefined without a home. */
export const cacheHome = (uid: number, env: NodeJS.ProcessEnv): string | undefined => {
  if (uid === 0) return '/var/cache/topple';
  const base = env.XDG_CACHE_HOME || (env.HOME && path.join(env.HOME, '.cache'));
  return base ? path.join(base, 'topple') : undefined;
};
