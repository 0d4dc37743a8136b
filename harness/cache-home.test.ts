import { expect, test } from 'vitest';
import { cacheHome } from './cache-home.ts';

test.each([
  { uid: 0, env: { HOME: '/root', XDG_CACHE_HOME: '/x' }, home: '/var/cache/topple' },
  { uid: 1, env: { HOME: '/h', XDG_CACHE_HOME: '/x' }, home: '/x/topple' },
  { uid: 1, env: { HOME: '/h', XDG_CACHE_HOME: '' }, home: '/h/.cache/topple' },
  { uid: 1, env: {}, home: undefined },
])('the cache of user $uid with $env is $home', ({ uid, env, home }) => expect(cacheHome(uid, env)).toBe(home));
