/** Looks a second time at each webhook on record: was it really the provider's, and meant for us? */
import { epochMs } from '../db/transaction.ts';
import type { PaymentProvider } from '../payments/payment-client.ts';
import type { Ports } from '../ports.ts';
import { headersIn } from '../webhooks/inbox.ts';
import { verifiedNotice } from '../webhooks/inlet.ts';
import type { Inlets } from '../webhooks/inlets.ts';

interface UnverifiedRow {
  provider: PaymentProvider;
  event_id: string;
  order_id: string;
  body: Uint8Array;
  signature: string | null;
  received_ms: string | bigint;
}

/** The bytes as they came, when they came, have to be authentic, and to say what the row says. */
const isAuthentic = (row: UnverifiedRow, inlets: Inlets): boolean => {
  const inlet = inlets[row.provider];
  if (inlet === undefined) return false;
  const notice = verifiedNotice(inlet, {
    body: row.body,
    headers: headersIn(row.signature),
    atMs: Number(row.received_ms),
  });
  return typeof notice !== 'string' && notice.eventId === row.event_id && notice.orderId === row.order_id;
};

/**
 * Notes the answer beside the webhook; returns how many it looked at. Whoever let an unauthentic one in cannot be
 * asked, so this is done by another process, from the bytes as they came.
 */
export const verifyInbox = async ({ db, log }: Pick<Ports, 'db' | 'log'>, inlets: Inlets): Promise<number> => {
  const { rows } = await db.query<UnverifiedRow>(
    `select provider, event_id, order_id, body, signature, ${epochMs('received_at')} as received_ms
     from topup.inbox where authentic is null order by received_at limit 200`,
  );
  if (rows.length === 0) return 0;
  const verdicts = rows.map((row) => isAuthentic(row, inlets));
  for (const [index, row] of rows.entries()) {
    if (!verdicts[index])
      log.error({ provider: row.provider, eventId: row.event_id }, 'a webhook on record is not authentic');
  }
  await db.query(
    `update topup.inbox i set authentic = v.authentic
     from unnest($1::text[], $2::text[], $3::boolean[]) v (provider, event_id, authentic)
     where i.provider = v.provider and i.event_id = v.event_id`,
    [rows.map((row) => row.provider), rows.map((row) => row.event_id), verdicts],
  );
  return rows.length;
};
