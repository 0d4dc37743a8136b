/** Looks a second time at each webhook on record: was it really the provider's, and meant for us? */
import type { Ports } from '../ports.ts';
import { type Recipient, verifiedNotice } from '../webhooks/alipay-notice.ts';

interface UnverifiedRow {
  event_id: string;
  order_id: string;
  body: Uint8Array;
}

/** The bytes as they came have to be authentic, and to say what the row says. */
const isAuthentic = ({ event_id, order_id, body }: UnverifiedRow, recipient: Recipient): boolean => {
  const notice = verifiedNotice(body, recipient);
  return typeof notice !== 'string' && notice.eventId === event_id && notice.orderId === order_id;
};

/**
 * Notes the answer beside the webhook; returns how many it looked at. Whoever let an unauthentic one in cannot be
 * asked, so this is done by another process, from the bytes as they came.
 */
export const verifyInbox = async ({ db, log }: Pick<Ports, 'db' | 'log'>, recipient: Recipient): Promise<number> => {
  const { rows } = await db.query<UnverifiedRow>(
    `select event_id, order_id, body from topup.inbox
     where provider = 'alipay' and authentic is null order by received_at limit 200`,
  );
  if (rows.length === 0) return 0;
  const verdicts = rows.map((row) => isAuthentic(row, recipient));
  for (const [index, row] of rows.entries()) {
    if (!verdicts[index]) log.error({ eventId: row.event_id }, 'a webhook on record is not authentic');
  }
  await db.query(
    `update topup.inbox i set authentic = v.authentic
     from unnest($1::text[], $2::boolean[]) v (event_id, authentic)
     where i.provider = 'alipay' and i.event_id = v.event_id`,
    [rows.map((row) => row.event_id), verdicts],
  );
  return rows.length;
};
