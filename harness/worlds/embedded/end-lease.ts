/** The program that a watchdog becomes when the owner of a lease is gone: `node end-lease.ts <folder of the lease>`. */
import { removeLease } from './remove-lease.ts';

const [dir] = process.argv.slice(2);
if (dir !== undefined) await removeLease(dir);
