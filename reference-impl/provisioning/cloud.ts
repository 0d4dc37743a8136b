/** What every cloud is to the service: it grants credit to an account, and tells what it has granted. */

import type { Failure } from '../resilience/failure.ts';
import type { Dependency } from '../resilience/policy.ts';

/**
 * What a cloud lets us do about a grant whose answer was lost. `K`: it takes a key of ours, and a repeat under it has
 * no second effect. `R`: it keeps a text of ours, by which a grant is found again. `L`: it lists what it granted,
 * without anything of ours. `N`: it tells an account's balance and nothing else. `A`: it sets an absolute amount, so
 * that a repeat sets the same.
 */
export type IdempotencyClass = 'K' | 'R' | 'L' | 'N' | 'A';

/** A way to grant: one API of one cloud, in one currency. */
interface CloudDefinition {
  readonly dependency: Dependency;
  readonly currency: string;
  readonly idempotency: IdempotencyClass;
}

/** The ways to grant, by the name that an order gives; the first is taken when it gives none. */
export const clouds = {
  'alibaba-cloud': { dependency: 'alibaba-cloud', currency: 'CNY', idempotency: 'K' },
  'alibaba-cloud-quota': { dependency: 'alibaba-cloud', currency: 'CNY', idempotency: 'A' },
  'huawei-cloud': { dependency: 'huawei-cloud', currency: 'CNY', idempotency: 'L' },
  'huawei-cloud-enterprise': { dependency: 'huawei-cloud', currency: 'CNY', idempotency: 'K' },
  'tencent-cloud': { dependency: 'tencent-cloud', currency: 'CNY', idempotency: 'N' },
  'tencent-cloud-intl': { dependency: 'tencent-cloud', currency: 'USD', idempotency: 'R' },
} as const satisfies Readonly<Record<string, CloudDefinition>>;

/** The name of a way to grant. */
export type CloudId = keyof typeof clouds;

/** All of them. */
export const cloudIds = Object.keys(clouds) as readonly CloudId[];

/** Whether an order may name it. */
export const isCloudId = (text: unknown): text is CloudId => cloudIds.includes(text as CloudId);

/** A change that is asked for. */
export interface Grantable {
  readonly cloudAccountId: string;
  readonly amountMinor: bigint;
  /** Our name for it, at clouds that take one. */
  readonly reference: string;
  /** What the account had just before, in minor units; where an absolute amount is set, by our own books. */
  readonly beforeMinor: bigint;
}

/** The outcome of a grant. */
export type Grant = { readonly kind: 'granted' } | Failure;

/**
 * What a cloud tells of an account, in minor units: an amount that grows by whatever we grant. At some clouds it falls
 * by what the customer spends.
 */
export type Reading = { readonly kind: 'reading'; readonly amountMinor: bigint } | Failure;

/** Whether a grant of ours is on record at a cloud. */
export type Sighting = { readonly kind: 'found' } | { readonly kind: 'absent' } | Failure;

/** The calls that the service makes; `isRetry` when one would not be made but for an earlier failure. */
export interface Cloud {
  readonly id: CloudId;
  grant(grantable: Grantable, orderId: string, isRetry: boolean): Promise<Grant>;
  read(cloudAccountId: string, isRetry: boolean): Promise<Reading>;
  /** Looks for a grant by our own text; at clouds of class R alone. */
  find?(cloudAccountId: string, reference: string): Promise<Sighting>;
}

/** The client of each way to grant that is served. */
export type CloudClients = Readonly<Partial<Record<CloudId, Cloud>>>;

/** The client of an order's cloud; one that refuses everything when this role is not configured for it. */
export const cloudOf = (clients: CloudClients, id: CloudId): Cloud => {
  const notServed: Failure = { kind: 'refused', reason: `this role is not configured for ${id}` };
  return clients[id] ?? { id, grant: async () => notServed, read: async () => notServed };
};

/** An answer that cannot be read, or none. */
export const notUnderstood = (reason: string): Failure => ({ kind: 'unknown', reason, isStrain: true });
