/** Notices that WeChat Pay never sent, or sent to somebody else: all is right but what makes a notice authentic. */
import type { ByHand, FaultSite, WebhookBytes } from '#harness/provider';
import { forgeBy, openStrangers, type Strangers } from '../strangers.ts';
import type { WebhookSender } from '../webhook-sender.ts';
import { type Pen, paidNotice, signedNotice } from './notices.ts';
import { merchant, otherApiV3Key, probePrefix } from './quirks.ts';
import { seal, signedHeaders, unseal } from './sign.ts';
import type { Order } from './states.ts';

interface Resource {
  readonly ciphertext: string;
  readonly nonce: string;
  readonly associated_data: string;
}

const textOf = ({ body }: WebhookBytes): string => Buffer.from(body).toString();
const headerOf = ({ headers }: WebhookBytes, name: string): string => headers[`Wechatpay-${name}`] ?? '';

/** The notice with another resource; its headers stay. */
const withResource = (genuine: WebhookBytes, change: (resource: Resource) => Resource): WebhookBytes => {
  const envelope = JSON.parse(textOf(genuine)) as { resource: Resource };
  return { ...genuine, body: Buffer.from(JSON.stringify({ ...envelope, resource: change(envelope.resource) })) };
};

const plainOf = ({ ciphertext, nonce, associated_data }: Resource): Buffer =>
  Buffer.from(unseal(ciphertext, merchant.apiV3Key, nonce, associated_data));

/**
 * Turns bits of the cipher text: AES in counter mode turns the same bits of the plain text, and only the tag tells.
 * `find` names the byte of the plain text and what it shall be.
 */
const turned = (genuine: WebhookBytes, find: (plain: Buffer) => { at: number; becomes: number }): WebhookBytes =>
  withResource(genuine, (resource) => {
    const plain = plainOf(resource);
    const { at, becomes } = find(plain);
    const bytes = Buffer.from(resource.ciphertext, 'base64');
    bytes[at] = (bytes[at] ?? 0) ^ (plain[at] ?? 0) ^ becomes;
    return { ...resource, ciphertext: bytes.toString('base64') };
  });

const digitAfter = (plain: Buffer, name: string): { at: number; becomes: number } => {
  const at = plain.indexOf(name) + name.length;
  const digit = plain[at] ?? 0;
  return { at, becomes: digit === 0x39 ? 0x31 : digit + 1 };
};

/** Signed by the platform, and sealed for another merchant. */
const forOther = (genuine: WebhookBytes, pen: Pen): WebhookBytes => {
  const changed = withResource(genuine, (resource) => {
    const plain = plainOf(resource)
      .toString()
      .replaceAll(/"mchid":"\d+"/g, '"mchid":"1900000003"');
    return { ...resource, ciphertext: seal(plain, otherApiV3Key, resource.nonce, resource.associated_data) };
  });
  return signedNotice(textOf(changed), merchant.mchid, pen);
};

const withHeaders = (genuine: WebhookBytes, headers: Readonly<Record<string, string>>): WebhookBytes => ({
  ...genuine,
  headers: { ...genuine.headers, ...headers },
});

const withoutSignature = (genuine: WebhookBytes): WebhookBytes => ({
  ...genuine,
  headers: Object.fromEntries(Object.entries(genuine.headers).filter(([name]) => !name.startsWith('Wechatpay-'))),
});

/** How a genuine notice stops being authentic, by what is wrong with it. */
export const tampersWith = (pen: Pen): ByHand['tampers'] => {
  const { keys, wall } = pen;
  const resigned = (genuine: WebhookBytes, agoMs: number, key = keys.platform): WebhookBytes => {
    const [nonce, serial] = [headerOf(genuine, 'Nonce'), headerOf(genuine, 'Serial')];
    return withHeaders(genuine, signedHeaders(textOf(genuine), { nowMs: wall.nowMs() - agoMs, nonce, serial, key }));
  };
  return {
    amount: (genuine) => turned(genuine, (plain) => digitAfter(plain, '"total":')),
    key: (genuine) => resigned(genuine, 0, keys.merchant),
    merchant: (genuine) => forOther(genuine, pen),
    order: (genuine) => turned(genuine, (plain) => digitAfter(plain, '"out_trade_no":"')),
    probe: (genuine) =>
      withHeaders(genuine, { 'Wechatpay-Signature': `${probePrefix}${headerOf(genuine, 'Signature')}` }),
    time: (genuine) => resigned(genuine, 600_000),
    unsigned: withoutSignature,
  };
};

/** Sends forged notices that claim a payment with a number that no real one has. */
export const strangersTo = (
  site: Pick<FaultSite, 'onOrder'>,
  pen: Pen,
  notices: Pick<WebhookSender, 'sendForged'>,
): Strangers<Order> => {
  const tampers = tampersWith(pen);
  return openStrangers(
    site,
    notices,
    (order) => order.outTradeNo,
    (order, { forgery, nth }) => {
      const paymentId = order.transactionId.replace(/^42000/, `429${String(nth).padStart(2, '0')}`);
      const paid = { amountMinor: order.amountMinor, atMs: pen.clock.nowMs() };
      const { encode, ...webhook } = paidNotice({ ...order, refunds: [], transactionId: paymentId, paid }, pen);
      const forge = forgeBy(tampers, forgery);
      return { ...webhook, paymentId, encode: () => forge(encode()) };
    },
  );
};
