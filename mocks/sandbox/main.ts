/**
 * Asks the vendors' test environments and the mocks the same calls: `npm run contract:sandbox -- [--provider stripe]
 * [--strict]`. Ends with 0 when all that was compared is the same, 1 when something differs, 2 for a credential that is
 * none of a test environment, 3 when nothing was compared, 4 when a vendor did not answer.
 */
import { parseArgs } from 'node:util';
import { systemClock } from '#harness/clock';
import { alipay } from './alipay.ts';
import { runContracts } from './run.ts';
import { stripe } from './stripe.ts';

const { values } = parseArgs({
  options: { provider: { type: 'string' }, strict: { type: 'boolean', default: false } },
});
const contracts = [alipay, stripe].filter(({ id }) => (values.provider ?? id) === id);
if (contracts.length === 0) throw new Error('--provider is alipay or stripe');
process.exitCode = await runContracts({
  contracts,
  env: process.env,
  isStrict: values.strict,
  wall: systemClock,
  print: (line) => console.log(line),
});
