/**
 * The toxic kind: what a toxic does to one direction of one connection.
 *
 *   source socket -> stage -> stage -> destination socket
 *
 * A stage gets the chunks in order and passes them on in order; a link (../link.ts) joins the stages.
 */
import type { Clock } from '../../clock.ts';
import type { Random } from '../../seed.ts';

/** `upstream`: from the client to the upstream; `downstream`: from the upstream to the client. */
export type Direction = 'upstream' | 'downstream';

/** What a stage may do. `K` are the names of its attributes, spelled as on the wire. */
export interface Outlet<K extends string = string> {
  /** The present values; an update through the API changes them. */
  readonly attributes: Readonly<Record<K, number>>;
  readonly direction: Direction;
  readonly clock: Clock;
  /** A stream of its own for this toxic on this connection. */
  readonly random: Random;
  /** Hands a chunk to the next stage, or to the destination. */
  pass(chunk: Buffer): void;
  /** Says that no more chunks come; the destination gets FIN, or RST if the source was reset. Repeats are ignored. */
  passEnd(): void;
  /** Like `passEnd`, but once everything passed is delivered both sockets are closed. */
  close(): void;
  /** Resets both sockets at once; chunks on their way are lost. */
  reset(): void;
  /** Sets the only alarm of this stage, `delayMs` from now; the link cancels it on update, removal and close. */
  alarm(delayMs: number, run: () => void): void;
  /** Records evidence: this connection was affected, and `bytes` of it were delayed, cut up or kept back. */
  touch(bytes: number): void;
}

/** One toxic at work on one direction of one connection. */
export interface Stage {
  data(chunk: Buffer): void;
  /** The source has closed its side, or was reset. */
  end(): void;
  /** The attributes have changed, and the alarm is cancelled. Each toxic says what becomes of what it holds. */
  update(): void;
  /** The toxic is taken away. What is held leaves at once and in order. */
  remove(): void;
  /** True while the stage wants no more; the source is not read until it is false. */
  full(): boolean;
  /** Both peers have closed; a stage that would keep the connection for ever lets it go. */
  hangUp?(): void;
}

/** What an attribute accepts: integers from `min` up. */
export interface AttributeRule {
  readonly min: number;
}

/** A type of toxic. Attributes that a request leaves out are 0. */
export interface ToxicKind<K extends string = string> {
  /** The name on the wire. */
  readonly type: string;
  readonly attributes: Readonly<Record<K, AttributeRule>>;
  /** Says what is wrong with values that are valid one by one, or undefined. */
  conflict?(attributes: Readonly<Record<K, number>>): string | undefined;
  open(outlet: Outlet<K>): Stage;
}

/** Freezes a type of toxic. */
export const defineToxic = <K extends string>(kind: ToxicKind<K>): ToxicKind<K> => Object.freeze(kind);
