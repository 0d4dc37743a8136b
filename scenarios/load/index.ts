/** All loads, sorted by id. */
import type { Load } from '#harness/load';
import { flashSale } from './flash-sale.ts';
import { retryStorm } from './retry-storm.ts';

export const loads: readonly Load[] = [flashSale, retryStorm];
