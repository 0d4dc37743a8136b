/** All worlds, sorted by id. */
import type { World } from '../world.ts';
import { attached } from './attached.ts';
import { containers } from './containers.ts';
import { embedded } from './embedded.ts';

export const worlds: readonly World[] = [attached, containers, embedded];
