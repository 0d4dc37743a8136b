/** The role `provisioning`: turns ledger credit into credit at the cloud. */
import { baseApp } from '../http/base-app.ts';
import { type Claimed, claimDue, renew } from '../outbox/outbox.ts';
import { errorText } from '../resilience/error-text.ts';
import { inParallel } from '../resilience/in-parallel.ts';
import type { RoleParts, TopUpService } from '../service.ts';
import { cloudClients } from './clients.ts';
import { type GrantParts, grantOrder } from './grant-order.ts';

const batchMax = 32;
const accountsAtOnce = 8;

/** Claims in their order, grouped by cloud account: one account's orders wait for each other, accounts do not. */
const byAccount = async ({ ports }: GrantParts, claims: readonly Claimed[]): Promise<Claimed[][]> => {
  const { rows } = await ports.db.query<{ id: string; cloud_account_id: string }>(
    "select id, cloud || ' ' || cloud_account_id as cloud_account_id from topup.orders where id = any($1)",
    [claims.map(({ orderId }) => orderId)],
  );
  const accounts = new Map(rows.map((row) => [row.id, row.cloud_account_id]));
  return [...Map.groupBy(claims, ({ orderId }) => accounts.get(orderId)).values()];
};

/** Grants what is due, up to one batch; returns how many orders it took up. */
const grantCredits = async (grant: GrantParts): Promise<number> => {
  const { ports, config } = grant;
  const claims = await claimDue(ports.db, batchMax, config.times.grantLeaseMs);
  if (claims.length === 0) return 0;
  await inParallel(await byAccount(grant, claims), accountsAtOnce, async (claimedOrders) => {
    for (const claimed of claimedOrders) {
      try {
        // The orders before it took their time: what another worker has claimed since is left to it.
        if (await renew(ports.db, claimed, config.times.grantLeaseMs)) await grantOrder(grant, claimed);
      } catch (error) {
        ports.log.error(
          { orderId: claimed.orderId, error: errorText(error) },
          'grant interrupted, its lease will run out',
        );
      }
    }
  });
  return claims.length;
};

/** Composes the role; grants at each cloud in `config.clouds`. */
export const createProvisioning = (role: RoleParts): TopUpService => {
  const { config, ports } = role;
  const grant: GrantParts = { ...role, clients: cloudClients(role) };
  const app = baseApp(ports);
  const run = async () => ({ did: await grantCredits(grant) });
  return {
    fetch: async (request) => app.fetch(request),
    jobs: [{ name: 'grant-credits', everyMs: config.times.grantPollMs, run }],
  };
};
