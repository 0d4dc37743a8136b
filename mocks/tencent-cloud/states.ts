/**
 * What partners own and what their customers have of it, once in dollars and once in yuan. Nothing has a key: the same
 * grant again is one more. A remark is kept with its grant and shown again.
 */

/** The two APIs, which know nothing of each other. */
export type Market = 'international' | 'mainland';

/** Whose money it is. */
export type Partner = 'rich' | 'poor';

/** One grant, below zero for what was taken back. */
export interface Allocation {
  readonly market: Market;
  readonly partner: Partner;
  readonly clientUin: string;
  readonly amountMinor: bigint;
  readonly remark: string;
  /** On the provider's clock. */
  readonly atMs: number;
  /** What the customer has after it. */
  readonly afterMinor: bigint;
}

/** All floats, and all that left them. */
export interface Floats {
  floatMinor(market: Market, partner: Partner): bigint;
  /** What a partner's customers have together. */
  allocatedMinor(market: Market, partner: Partner): bigint;
  /** Moves money, or says that whoever would lose it has not enough. */
  allocate(request: Omit<Allocation, 'afterMinor'>): Allocation | 'noFunds';
  /** A customer's, newest first. */
  history(market: Market, clientUin: string): readonly Allocation[];
}

/** Both markets begin with the same amounts, in minor units of their own currency. */
export const openFloats = (startMinor: Readonly<Record<Partner, bigint>>): Floats => {
  const floats = new Map<string, bigint>();
  const held = new Map<string, bigint>();
  const done = new Map<string, Allocation[]>();

  const floatMinor = (market: Market, partner: Partner): bigint =>
    floats.get(`${market} ${partner}`) ?? startMinor[partner];
  const heldMinor = (market: Market, clientUin: string): bigint => held.get(`${market} ${clientUin}`) ?? 0n;

  return {
    floatMinor,
    allocatedMinor: (market, partner) => startMinor[partner] - floatMinor(market, partner),
    allocate: (request) => {
      const { market, partner, clientUin, amountMinor } = request;
      const floatAfter = floatMinor(market, partner) - amountMinor;
      const afterMinor = heldMinor(market, clientUin) + amountMinor;
      if (floatAfter < 0n || afterMinor < 0n) return 'noFunds';
      floats.set(`${market} ${partner}`, floatAfter);
      held.set(`${market} ${clientUin}`, afterMinor);
      const allocation = { ...request, afterMinor };
      const key = `${market} ${clientUin}`;
      const earlier = done.get(key);
      if (earlier === undefined) done.set(key, [allocation]);
      else earlier.push(allocation);
      return allocation;
    },
    history: (market, clientUin) => (done.get(`${market} ${clientUin}`) ?? []).toReversed(),
  };
};
