/**
 * Asks the vendors' test environments and the mocks the same calls: `npm run contract:sandbox -- [--provider stripe]
 * [--strict]`. Ends with 0 when all that was compared is the same, 1 when something differs, 2 for a credential that is
 * none of a test environment or refused by it, and for a provider that has none, 3 when nothing was compared, 4 when a
 * vendor did not answer.
 */
import { parseArgs } from 'node:util';
import { systemClock } from '#harness/clock';
import { exitCodes } from '#harness/exit-codes';
import { alipay } from './alipay.ts';
import { runContracts } from './run.ts';
import { stripe } from './stripe.ts';

const { values } = parseArgs({
  options: { provider: { type: 'string' }, strict: { type: 'boolean', default: false } },
});
const contracts = [alipay, stripe].filter(({ id }) => (values.provider ?? id) === id);
if (contracts.length === 0) {
  console.error(`--provider ${values.provider} has no test environment to compare with: it is alipay or stripe.`);
  process.exitCode = exitCodes.usage;
} else
  process.exitCode = await runContracts({
    contracts,
    env: process.env,
    isStrict: values.strict,
    wall: systemClock,
    print: (line) => console.log(line),
  });
