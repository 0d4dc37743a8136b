/**
 * Asks a second time about a payment that it found, and confirms it only then. Right, although the first answer changes
 * nothing: the order is asked about until both agree.
 */
import { soundParts } from '../parts.ts';
import { clientOf } from '../payments/payment-client.ts';
import { confirmFound } from '../reconciliation/recover.ts';
import { defineVariant } from './variant.ts';

/** The look-alike of found-payment-only-logged. */
export const foundPaymentAskedAgain = defineVariant({
  id: 'found-payment-asked-again',
  kind: 'look-alike',
  summary: 'Confirms a found payment only after the provider named it a second time.',
  witness: 'lost-webhook',
  invariant: 'no-lost-credit',
  parts: {
    ...soundParts,
    recover: async (jobs, order, trade) => {
      const again = await clientOf(jobs.payments, order.paymentProvider).query(order);
      const isSame = again.kind === 'captured' && again.tradeNo === trade.tradeNo;
      return isSame ? confirmFound(jobs, order, again) : undefined;
    },
  },
});
