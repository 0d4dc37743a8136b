/** Those who tell of payments in a provider's name: they do what the fault site says. */
import type { ByHand, FaultSite, ForgedWebhook, Forgery, WebhookBytes } from '#harness/provider';
import type { Webhook, WebhookSender } from './webhook-sender.ts';

/** One forged webhook that is planned; `nth` is its number among those about the same order, 0 to 99. */
export interface Plan extends ForgedWebhook {
  readonly nth: number;
}

/** A webhook that claims the payment `paymentId`, which does not exist. */
export type ForgedPayment = Webhook & { readonly paymentId: string };

/** The strangers of one provider. */
export interface Strangers<Order> {
  /** The order is new, and its buyer has not paid yet. */
  ordered(order: Order): void;
  /** The buyer has paid; the real webhook leaves at this moment. */
  paid(order: Order): void;
}

const tamperOf: Readonly<Record<Forgery, string>> = {
  unsigned: 'unsigned',
  'foreign key': 'key',
  'changed amount': 'amount',
  'changed order': 'order',
  'other merchant': 'merchant',
};

/** What makes this forgery of a genuine webhook. Throws where nothing does: no genuine one goes out as forged. */
export const forgeBy = (tampers: ByHand['tampers'], forgery: Forgery): ((genuine: WebhookBytes) => WebhookBytes) => {
  const forge = tampers[tamperOf[forgery]];
  if (forge === undefined) throw new Error(`nothing here makes a webhook ${forgery}`);
  return forge;
};

/** `referenceOf` names an order; `forge` makes what is sent about it, or nothing where no address was given. */
export const openStrangers = <Order extends object>(
  site: Pick<FaultSite, 'onOrder'>,
  webhooks: Pick<WebhookSender, 'sendForged'>,
  referenceOf: (order: Order) => string,
  forge: (order: Order, plan: Plan) => ForgedPayment | undefined,
): Strangers<Order> => {
  const waiting = new Map<Order, readonly Plan[]>();
  const send = (order: Order, plans: readonly Plan[]): void => {
    for (const plan of plans) {
      const made = forge(order, plan);
      if (made === undefined) return;
      const { paymentId, ...webhook } = made;
      webhooks.sendForged({ ...webhook, forged: { forgery: plan.forgery, paymentId } }, plan.afterMs);
    }
  };
  return {
    ordered: (order) => {
      const forgeries = site.onOrder({ reference: referenceOf(order) });
      if (forgeries.length === 0) return;
      const plans = forgeries.map((forged, nth): Plan => ({ ...forged, nth }));
      const { ordered = [], paid = [] } = Object.groupBy(plans, ({ since }) => since);
      if (paid.length > 0) waiting.set(order, paid);
      send(order, ordered);
    },
    paid: (order) => {
      send(order, waiting.get(order) ?? []);
      waiting.delete(order);
    },
  };
};
