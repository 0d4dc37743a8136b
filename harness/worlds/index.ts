/** All worlds, sorted by id. */
import type { World } from '../world.ts';
import { embedded } from './embedded.ts';

export const worlds: readonly World[] = [embedded];
