/** What `--set` says on the command line, where the providers are known. */
import { providers } from '#mocks/index';
import { settingReader } from '../run/plan.ts';

/** Reads one `--set`; throws the usage error. */
export const parseSetting = settingReader(providers);
