/** A genuine webhook about an order that nobody has made, for whoever wants to see how a receiver takes it. */
import { steppedClock } from '#harness/clock';
import { errors } from '#harness/errors';
import { mockErrors } from '#harness/mock-errors';
import { noFaults, type OpenProvider, type OutgoingWebhook, type Provider, type WebhookBytes } from '#harness/provider';
import { randomFrom } from '#harness/seed';
import { readAmount } from './amount.ts';

/** What is wanted; `amount` is decimal text in the provider's currency. */
export interface WantedWebhook {
  readonly kind: string;
  readonly reference: string;
  readonly amount: string;
  readonly url: string;
  /** One of the provider's tampers, or undefined for a genuine one. */
  readonly tamper: string | undefined;
}

/** Opens `provider` at the moment `nowMs`, for `take` to see each webhook; another moment gives other numbers. */
const openAt = (
  provider: Provider,
  nowMs: number,
  keysDir: string | undefined,
  take: (webhook: OutgoingWebhook) => void,
): { readonly open: OpenProvider; readonly pass: () => void } => {
  const clock = steppedClock(nowMs);
  const deliver = async (webhook: OutgoingWebhook) => {
    take(webhook);
    return { status: 0, body: '' };
  };
  const ports = { clock, wall: clock, random: randomFrom(nowMs), site: noFaults, deliver };
  const open = provider.open({ ...ports, ...(keysDir !== undefined && { keysDir }) });
  return { open, pass: () => clock.advance(0) };
};

const byHandOf = ({ id, byHand }: OpenProvider) => {
  if (byHand === undefined) throw mockErrors.sendsNoWebhooks(id);
  return byHand;
};

const known = <Value>(kind: string, name: string, table: Readonly<Record<string, Value>>): Value => {
  const value = Object.hasOwn(table, name) ? table[name] : undefined;
  if (value === undefined) throw errors.unknownName(kind, name, Object.keys(table), 'mocks/README.md');
  return value;
};

/** What `provider` can send, and what a receiver of it has to be configured with. Throws `sends-no-webhooks`. */
export const describeWebhooks = (provider: Provider, nowMs: number, keysDir: string | undefined) => {
  const { open } = openAt(provider, nowMs, keysDir, () => {});
  const { webhooks, tampers } = byHandOf(open);
  return { kinds: Object.keys(webhooks), tampers: Object.keys(tampers), identity: open.identity };
};

/** The webhook, and whether an answer to it ends the retries. Throws `sends-no-webhooks` and errors of usage. */
export const makeWebhook = (
  provider: Provider,
  wanted: WantedWebhook,
  nowMs: number,
  keysDir: string | undefined,
): {
  readonly webhook: OutgoingWebhook;
  readonly acknowledged: (answer: { status: number; body: string }) => boolean;
} => {
  let newest: OutgoingWebhook | undefined;
  const { open, pass } = openAt(provider, nowMs, keysDir, (webhook) => {
    newest = webhook;
  });
  const byHand = byHandOf(open);
  const deeds = known(`webhook of ${provider.id}`, wanted.kind, byHand.webhooks);
  const untouched = (genuine: WebhookBytes): WebhookBytes => genuine;
  const tamper = wanted.tamper === undefined ? untouched : known('tampering', wanted.tamper, byHand.tampers);
  const { reference, url } = wanted;
  byHand.order({ reference, amountMinor: readAmount(wanted.amount, byHand.currency), webhookUrl: url });
  for (const deed of deeds) {
    byHand.deeds[deed]?.(reference);
    pass();
  }
  open.stop();
  if (newest === undefined) throw new Error(`${provider.id} sent nothing after ${deeds.join(', ')}`);
  return { webhook: { ...newest, ...tamper(newest) }, acknowledged: byHand.acknowledged };
};
