/** All worlds, sorted by id. */
import type { World } from '../world.ts';
import { containers } from './containers.ts';
import { embedded } from './embedded.ts';

export const worlds: readonly World[] = [containers, embedded];
