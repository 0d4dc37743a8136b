/** The vendor's SDKs, for the tests: loaded by `require`, since runners differ on what a CommonJS default export is. */
import { createRequire } from 'node:module';

const load = createRequire(import.meta.url);

/** `bss.default` is the client. */
export const bss = load('@alicloud/bssopenapi20171214') as typeof import('@alicloud/bssopenapi20171214');

/** The signer and the client's configuration. */
export const core = load('@alicloud/openapi-core') as typeof import('@alicloud/openapi-core');

/** The older client, which signs with HMAC-SHA1. */
export const OldClient = load('@alicloud/pop-core') as typeof import('@alicloud/pop-core');
