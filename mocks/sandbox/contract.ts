/** What a table of calls to a vendor's test environment is made of; `alipay.ts` and `stripe.ts` are the tables. */
import type { Clock } from '#harness/clock';
import type { Rules } from './placeholders.ts';

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What one side knows a client by; the names are the contract's own. */
export type Credentials = Readonly<Record<string, string>>;

/** One of the two that are asked: the vendor, or the mock. */
export interface Side {
  /** Without a path and a trailing slash. */
  readonly url: string;
  readonly credentials: Credentials;
}

/** A call by the vendor's SDK; resolves to status and body, refusals included, and throws `NoAnswer` without them. */
export type Ask = () => Promise<unknown>;

/** A variable that a contract reads; without all but the optional ones its vendor is skipped. */
export interface Variable {
  readonly name: string;
  readonly means: string;
  readonly isOptional?: true;
}

/** The calls that have to end alike at a vendor's test environment and at the mock. */
export interface Contract {
  readonly id: 'alipay' | 'stripe';
  /** The address of the test environment. */
  readonly sandboxUrl: string;
  readonly variables: readonly Variable[];
  /** The variable that names another address than `sandboxUrl`. */
  readonly urlVariable: string;
  /** What the variables say; throws `Unusable` for what must not be sent, or cannot be. */
  readonly read: (env: Environment, url: string) => Credentials;
  /** The same for the mock, from what it issued. */
  readonly issued: (identity: Readonly<Record<string, string>>) => Credentials;
  /** Asks the vendor once, before all else; throws `Unusable` when it knows no such client, `NoAnswer` as all do. */
  readonly introduce: (vendor: Side) => Promise<void>;
  /** The table, in the order in which it is asked; `run` is in every number that this run makes up. */
  readonly calls: (side: Side, run: string, wall: Clock) => Readonly<Record<string, Ask>>;
  readonly rules: Rules;
  /** What differs, or cannot be asked, for a reason. */
  readonly leftOut: readonly string[];
}

/** A credential that is not used: `variable` is its name; the text says why, and never what it is. */
export class Unusable extends Error {
  readonly variable: string;

  constructor(variable: string, why: string) {
    super(why);
    this.variable = variable;
  }
}

/** Nothing came back that a vendor said: the network, a proxy, a signature that does not verify. */
export class NoAnswer extends Error {}
