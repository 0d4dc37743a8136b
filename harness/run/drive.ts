/** What drives a run: buyers by a plan, or a program that asks the system for something and pays. */
import type { Intent } from '../books.ts';
import type { Clock } from '../clock.ts';
import type { History } from '../history.ts';
import type { HttpAdapter } from '../target.ts';
import type { RunningWorld } from '../world.ts';
import type { Evidence } from './evidence.ts';

/** Hears what a run is doing now, as words for people. */
export type Told = (doing: string) => void;

/** What is known of the buyers when the traffic is over. */
export interface Buyers {
  readonly intents: readonly Intent[];
  /** Planned order by the reference under which the payment provider knows it. */
  readonly ordinals: ReadonlyMap<string, number>;
  /** Whose balances the system is asked for at the end. */
  readonly wallets: readonly string[];
  /** Answers that the target's adapter could not read, in words. */
  readonly unreadable: readonly string[];
  /** How much came of traffic that no plan foresaw. */
  readonly evidence: readonly Evidence[];
}

/** What a drive works with. */
export interface Driving {
  readonly world: RunningWorld;
  readonly adapter: HttpAdapter;
  readonly clock: Clock;
  readonly history: History;
  readonly told: Told;
}

/** Lets traffic loose on a running system; resolves when the last request of its own is answered or given up. */
export type Drive = (driving: Driving) => Promise<Buyers>;
