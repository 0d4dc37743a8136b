/**
 * The world kind: a place where a system under test runs with its surroundings. The same scenario runs in each; worlds
 * differ in what is real.
 */
import type { Attachment } from './attachment.ts';
import type { LedgerView } from './books.ts';
import type { FaultDefinition, PlannedFault, Toxic } from './fault.ts';
import type { Money } from './money.ts';
import type { FaultSite, OpenProvider, Provider, ProviderPorts, ProviderRecords } from './provider.ts';
import type { Scenario } from './scenario.ts';
import type { Random } from './seed.ts';
import type { StrikeKind } from './strike.ts';
import type { HttpRequest, HttpResponse, Target } from './target.ts';
import type { PlannedTraffic } from './workload.ts';

/** What a world needs that lives outside the harness: how a provider is put on a socket, and how it posts webhooks. */
export interface Doors {
  open(provider: OpenProvider): Promise<{ readonly url: string; close(): Promise<void> }>;
  readonly deliver: ProviderPorts['deliver'];
}

/** One run's use of a world. */
export interface Assignment {
  readonly target: Target;
  readonly variant?: string;
  readonly providers: readonly Provider[];
  readonly random: Random;
  /** The fault site that each provider asks, by provider id. */
  siteOf(providerId: string): FaultSite;
  /** For providers in another process: what they arm themselves with, and who hears what they decided. */
  readonly elsewhere: Elsewhere;
}

/** The faults of a run for those who cannot be handed its sites. */
export interface Elsewhere {
  readonly faults: readonly PlannedFault[];
  /** The chance that decides about every subject of each of them. */
  readonly random: Random;
  /** Hears which references the fault of this index has chosen; the same ones again change nothing. */
  decided(faultIndex: number, references: readonly string[]): void;
}

/** A provider as a run meets it, in whatever process it is. */
export interface MetProvider {
  readonly id: string;
  /** As `OpenProvider`; of a provider in another process as `catchUp` found it. */
  records(): ProviderRecords;
  idle(): boolean;
  /** As `OpenProvider`; rejects where that throws. */
  pay?(reference: string, asked?: Money): void | Promise<void>;
}

/** What a toxic touched. */
export interface LinkHits {
  readonly link: string;
  readonly toxic: string;
  readonly connections: number;
  readonly bytes: number;
}

/** A process that was struck. */
export interface Blow {
  /**
   * Starts it again, or lets it go on; resolves when it works, with whether the operating system or its own log says
   * that the blow had hit.
   */
  heal(): Promise<boolean>;
}

/** A program that a run needs beside the system. */
export interface Companion {
  /** What its log is called. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Its whole environment but PATH, HOME, LANG and TZ. */
  readonly env: Readonly<Record<string, string>>;
}

/** A companion that was started; it ends with the world at the latest. */
export interface StartedCompanion {
  /** Resolves when it has ended and its output is read: by itself with `code`, or by `signal`. */
  readonly exited: Promise<{ readonly code: number | null; readonly signal: string | null }>;
  /** The last lines of its output. */
  tail(): string;
}

/** A world as it is met by programs that are not of it. */
export interface Outside {
  /** Base URL of the role that answers customers: without a proxy, without a trailing slash. */
  readonly apiUrl: string;
  /** The same of each provider, by its id. */
  readonly providerUrls: Readonly<Record<string, string>>;
  /** Throws `childNotStarted` when it cannot be run. */
  start(companion: Companion): Promise<StartedCompanion>;
}

/** A system in operation, with every link behind a proxy. */
export interface RunningWorld {
  readonly providers: readonly MetProvider[];
  /** Asks providers in other processes for what they know now. */
  catchUp?(): Promise<void>;
  /** From now on providers in other processes do no harm. */
  disarm?(): Promise<void>;
  /** Names of the proxied links, as faults name them. */
  readonly links: readonly string[];
  /** How many times faster than production the surroundings run. */
  readonly timeScale: number;
  /** Sends a request to the role that answers customers; never rejects. */
  request(request: HttpRequest): Promise<HttpResponse>;
  /** What programs beside the system need; left out by a world that has no place for them. */
  readonly outside?: Outside;
  /** `link` is one of `links`, or `api-role-postgres` or `webhook-role-postgres`, which stand for two of them. */
  addToxic(link: string, name: string, toxic: Toxic): Promise<void>;
  /** Removes one that was added under these names. */
  removeToxic(link: string, name: string): Promise<void>;
  /** Removes every toxic, and verifies that none is left; throws when one is. */
  removeToxics(): Promise<void>;
  /** What each toxic touched; `link` is the name that `addToxic` was given. */
  hits(): readonly LinkHits[];
  /**
   * Strikes a role or `postgres`, at once. `api-role`, `webhook-role` and `grant-role` stand for roles. `undefined`
   * when it is struck already, or the target does not say which role that is; throws when there is no such process.
   */
  strike(process: string, how: StrikeKind): Blow | undefined;
  /** `/metrics` of each role; `url` is where it is now. */
  readonly metrics: readonly { readonly instance: string; readonly url: string }[];
  readLedger(): Promise<LedgerView>;
  /** Runs SQL on the system's database as superuser; resolves with its rows, rejects with the database's words. */
  asSuperuser(sql: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** Parts of the world that ended by themselves, in words: nobody asked them to. */
  ended(): readonly string[];
  /** The last lines of each process's output, for a report. */
  logs(): Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** A world that is up and can host one run after the other. */
export interface OpenWorld {
  /** The traffic of the next run, in names that are its own there; left out: as it was planned. */
  claim?(traffic: PlannedTraffic): PlannedTraffic;
  start(assignment: Assignment): Promise<RunningWorld>;
  /** Leaves nothing behind; throws the clean-up error when something could not be removed. */
  close(): Promise<void>;
}

/** What a world is opened for. */
export interface Opened {
  readonly target: Target;
  /** Where the system runs already, if the config says so. */
  readonly attachment?: Attachment;
}

/** A run that a world is asked to host. */
export interface HostedRun {
  readonly target: Target;
  readonly scenario: Scenario;
  readonly variant?: string;
  /** The faults that come with topple. */
  readonly knownFaults: readonly FaultDefinition<string>[];
}

/** The contract of a world. */
export interface World {
  readonly id: string;
  readonly summary: string;
  /** Why this world cannot host such a run, as a clause; undefined when it can. Left out: it hosts every run. */
  cannotHost?(run: HostedRun): string | undefined;
  /** How many runs it hosts at the same time; left out: as many as are started. */
  readonly runsAtOnceMax?: number;
  /** The system belongs to somebody: runs change its data through its API alone. */
  readonly isGuest?: true;
  open(doors: Doors, tested: Opened): Promise<OpenWorld>;
}

/** Freezes a world. */
export const defineWorld = (world: World): World => Object.freeze(world);
