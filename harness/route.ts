/** The way that an order takes: who takes the payment, and which cloud grants the credit. */
import type { Provider } from './provider.ts';

/** Ids of providers; nothing is exchanged on the way, so the order has one currency. */
export interface Route {
  readonly payment: string;
  readonly cloud: string;
  /** The operation by which the cloud grants; left out: its first one in this currency. */
  readonly grantBy?: string;
  readonly currency: string;
}

/** What a system asks of a provider, whatever the vendor calls it. */
export type Step = 'ask for payment' | 'look at payment' | 'grant' | 'look at grants';

/** An operation of a provider as a step of an order. */
export interface StepDone {
  readonly step: Step;
  readonly operation: string;
  /** The currencies in which it is done; left out: it is not about money. */
  readonly currencies?: readonly string[];
}

/** The operation by which a provider does a step, in this currency where that matters; undefined when there is none. */
export const operationFor = (
  { steps = [] }: Pick<Provider, 'steps'>,
  step: Step,
  currency: string,
): string | undefined =>
  steps.find((one) => one.step === step && (one.currencies ?? [currency]).includes(currency))?.operation;

/** Where nobody is asked for a payment, whoever looks for one says in which currencies it may come. */
const takes = ({ steps = [] }: Pick<Provider, 'steps'>, currency: string): boolean =>
  steps.some(({ step, currencies = [] }) => step.endsWith('payment') && currencies.includes(currency));

/** Every way from one of these payment providers over one of these clouds on which they share a currency. */
export const routesOver = (payments: readonly Provider[], clouds: readonly Provider[]): readonly Route[] =>
  payments.flatMap((payment) =>
    clouds.flatMap((cloud) =>
      (cloud.steps ?? [])
        .filter(({ step }) => step === 'grant')
        .flatMap(({ operation, currencies = [] }) =>
          currencies
            .filter((currency) => takes(payment, currency))
            .map((currency) => ({ payment: payment.id, cloud: cloud.id, grantBy: operation, currency })),
        ),
    ),
  );
