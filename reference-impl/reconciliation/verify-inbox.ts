/** Looks a second time at each webhook on record: was it really the provider's, and meant for us? */

import type { Ports } from '../ports.ts';
import { type Recipient, verifiedNotice } from '../webhooks/alipay-notice.ts';

/**
 * Notes the answer beside the webhook; returns how many it looked at. Whoever let an unauthentic one in cannot be
 * asked, so this is done by another process, from the bytes as they came.
 */
export const verifyInbox = async ({ db, log }: Pick<Ports, 'db' | 'log'>, recipient: Recipient): Promise<number> => {
  const { rows } = await db.query<{ event_id: string; body: Uint8Array }>(
    'select event_id, body from topup.inbox where authentic is null order by received_at limit 200',
  );
  for (const { event_id: eventId, body } of rows) {
    const authentic = typeof verifiedNotice(body, recipient) !== 'string';
    if (!authentic) log.error({ eventId }, 'a webhook on record is not authentic');
    await db.query('update topup.inbox set authentic = $2 where event_id = $1', [eventId, authentic]);
  }
  return rows.length;
};
