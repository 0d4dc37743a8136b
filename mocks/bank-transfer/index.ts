/** A bank at which people transfer money, when and how they like: nobody asks it for a payment beforehand. */
import { defineProvider, type OpenProvider, type ProviderPorts } from '#harness/provider';
import { openProvider } from '../open-provider.ts';
import { openByHand, printSlip, slipOf } from './by-hand.ts';
import { strangersTo, tampersWith } from './forge.ts';
import { openNotices } from './notices.ts';
import { accounts, merchant, operations } from './quirks.ts';
import { openRoutes, openSign } from './routes.ts';
import { keyOf } from './sign.ts';
import { spoilsWith } from './spoils.ts';
import { openPassbooks, type Slip } from './states.ts';
import { openTill } from './till.ts';

/** The private key is the merchant's: it stands for what a real one makes for itself and never gives away. */
const identityOf = (key: ReturnType<typeof keyOf>, clientKey: ReturnType<typeof keyOf>) => ({
  ...Object.fromEntries(Object.entries(accounts).map(([currency, iban]) => [`iban${currency}`, iban])),
  bic: merchant.bic,
  owner: merchant.name,
  clientKeyId: clientKey.id,
  clientPrivateKey: clientKey.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  bankKeyId: key.id,
  bankPublicKey: key.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
});

const open = (ports: ProviderPorts): OpenProvider => {
  const { clock, wall, site } = ports;
  const [key, clientKey] = [keyOf('bank'), keyOf('merchant')];
  const passbooks = openPassbooks();
  const slips = new Map<string, Slip>();
  const tampers = tampersWith(wall, key);
  const notices = openNotices(ports, key, tampers);
  const till = openTill(ports, passbooks, slips, notices, strangersTo(site, ports, { notices, key, tampers }));
  const byHand = openByHand({ slips, till, notices, tampers, site });
  const sign = openSign({ wall, key });
  const provider = openProvider({
    provider: bankTransfer,
    ports,
    identity: identityOf(key, clientKey),
    route: openRoutes({ passbooks, clock, wall, key, clientKey }, sign),
    payments: till.captured,
    webhooks: notices.sender,
    pay: (reference, asked) => {
      if (asked !== undefined) printSlip(slips, reference, asked);
      byHand.deeds.pay?.(reference);
    },
    canPay: (reference) => slipOf(slips, reference)?.transfers.length === 0,
    byHand,
    spoils: spoilsWith(sign),
    queries: Object.values(operations),
    lists: Object.values(operations),
  });
  return {
    ...provider,
    subscribe: notices.addUrl,
    idle: () => till.idle() && provider.idle(),
    stop: () => {
      till.stop();
      provider.stop();
    },
  };
};

/** Transfers that people order by hand; statements, reports and notices by ISO 20022, signed by RFC 9421 both ways. */
export const bankTransfer = defineProvider({
  id: 'bank-transfer',
  serves: 'payment',
  docs: 'https://www.iso20022.org/iso-20022-message-definitions?business-domain=1',
  operations: Object.values(operations),
  steps: [{ step: 'look at payment', operation: operations.transactions, currencies: Object.keys(accounts) }],
  open,
});
