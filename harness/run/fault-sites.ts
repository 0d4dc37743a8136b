/** Turns the planned faults of a run into the sites that providers ask, and counts every hit. */
import { type Draw, databaseProcess, type PlannedFault, type Site, type Toxic, type Window } from '../fault.ts';
import { drawValues } from '../params.ts';
import {
  type CallFate,
  type CallPoint,
  type CapturePoint,
  type FaultSite,
  type ForgedWebhook,
  joinedFates,
  type Misnaming,
  type Moment,
  noFaults,
  type WebhookFate,
  type WebhookPoint,
} from '../provider.ts';
import { type Random, randomFrom } from '../seed.ts';
import type { Strike, StrikeKind } from '../strike.ts';
import type { PlannedHoles } from './commit-holes.ts';

/** A toxic to add to a link. */
export interface PlannedToxic {
  readonly planned: PlannedFault;
  readonly link: string;
  readonly name: string;
  readonly toxic: Toxic;
  /** Left out: as long as faults act. */
  readonly window?: Window;
}

/** Whom a fault strikes, and how. */
export interface Aim {
  readonly planned: PlannedFault;
  readonly how: StrikeKind;
  readonly process: string;
  /** The most strikes that it may carry out. */
  readonly times: number;
}

/** A strike that a fault has decided on. */
export interface PlannedStrike extends Strike, Aim {
  readonly reference: string;
}

/** All faults of a run, ready to act. */
export interface FaultSites {
  siteOf(providerId: string): FaultSite;
  readonly toxics: readonly PlannedToxic[];
  readonly commitHoles: readonly PlannedHoles[];
  /** The references that a provider-layer fault chose. */
  decidedBy(planned: PlannedFault): ReadonlySet<string>;
  /** Adds what the fault of this index in the plan has chosen in another process. */
  decidedElsewhere(faultIndex: number, references: readonly string[]): void;
  /** Faults whose strikes go through `strikeWith`. */
  readonly striking: readonly Aim[];
  /** From now on `carryOut` hears of each strike at the moment at which it is decided; before, none is. */
  strikeWith(carryOut: (strike: PlannedStrike) => void): void;
  /** From now on every site does no harm. */
  disarm(): void;
}

interface Handlers {
  readonly calls: ((point: CallPoint) => CallFate | undefined)[];
  readonly webhooks: ((point: WebhookPoint) => WebhookFate | undefined)[];
  readonly captures: ((point: CapturePoint) => bigint | undefined)[];
  readonly transfers: ((point: { readonly reference: string }) => Misnaming | undefined)[];
  readonly orders: ((point: { readonly reference: string }) => readonly ForgedWebhook[] | undefined)[];
}

type Listener = (moment: Moment) => void;

const noHandlers = (): Handlers => ({ calls: [], webhooks: [], captures: [], transfers: [], orders: [] });

/** Draws by the order in which references first appear, so equal arrivals meet equal fates. */
const drawsOf = (planned: PlannedFault, random: Random): ((reference: string) => Draw<string>) => {
  const known = new Map<string, { own: Random; values: Draw<string>['values'] }>();
  return (reference) => {
    const own = random.fork(String(known.size));
    const drawn = known.get(reference) ?? { own, values: drawValues(planned.ranges, own.fork('values')) };
    known.set(reference, drawn);
    return { values: drawn.values, random: drawn.own.fork('decision') };
  };
};

const siteFor = (handlers: Handlers, listeners: readonly Listener[]): FaultSite => ({
  onCall: (point) => firstDecision(handlers.calls, point) ?? noFaults.onCall(point),
  onWebhook: (point) => joinedFates(handlers.webhooks.flatMap((decide) => decide(point) ?? [])),
  onCapture: (point) => firstDecision(handlers.captures, point) ?? noFaults.onCapture(point),
  onTransfer: (point) => firstDecision(handlers.transfers, point),
  onOrder: (point) => handlers.orders.flatMap((decide) => decide(point) ?? []),
  onMoment: (moment) => {
    for (const listener of listeners) listener(moment);
  },
});

const firstDecision = <Point, Decision>(
  handlers: readonly ((point: Point) => Decision | undefined)[],
  point: Point,
): Decision | undefined => {
  for (const decide of handlers) {
    const decision = decide(point);
    if (decision !== undefined) return decision;
  }
  return undefined;
};

/** Who hears of moments, and what becomes of the strikes that are decided at them. */
const openStriking = () => {
  const striking: Aim[] = [];
  const listeners: Listener[] = [];
  let carryOut: Parameters<FaultSites['strikeWith']>[0] = () => undefined;
  return {
    striking,
    listeners,
    strikeWith: (given: typeof carryOut): void => {
      carryOut = given;
    },
    add: (aim: Aim, decide: (moment: Moment) => Strike | undefined): void => {
      striking.push(aim);
      listeners.push((moment) => {
        const strike = moment.operation === aim.planned.at.operation ? decide(moment) : undefined;
        if (strike) carryOut({ ...strike, ...aim, reference: moment.reference });
      });
    },
  };
};

/** Arms the faults; `random` decides about every subject of each of them. */
export const armFaults = (faults: readonly PlannedFault[], random: Random): FaultSites => {
  const handlersById = new Map<string, Handlers>();
  const decided = new Map<PlannedFault, Set<string>>(faults.map((planned) => [planned, new Set()]));
  const toxics: PlannedToxic[] = [];
  const commitHoles: PlannedHoles[] = [];
  const strikes = openStriking();
  let armed = true;

  for (const [index, planned] of faults.entries()) {
    const { fault, at } = planned;
    const draw = drawsOf(planned, random.fork(`${index}-${fault.id}`));
    const handlers = handlersById.get(at.id) ?? noHandlers();
    handlersById.set(at.id, handlers);
    const noted =
      <Point extends { readonly reference: string }, D>(decide: (point: Point, draw: Draw<string>) => D | undefined) =>
      (point: Point): D | undefined => {
        const decision = armed ? decide(point, draw(point.reference)) : undefined;
        if (decision !== undefined) decided.get(planned)?.add(point.reference);
        return decision;
      };
    const name = `${fault.id}-${index}`;
    const site: Site<string> = {
      onCall: (decide) => {
        const onOperation = noted(decide);
        handlers.calls.push((point) =>
          at.operation === undefined || at.operation === point.operation ? onOperation(point) : undefined,
        );
      },
      onWebhook: (decide) => handlers.webhooks.push(noted(decide)),
      onCapture: (decide) => handlers.captures.push(noted(decide)),
      onTransfer: (decide) => handlers.transfers.push(noted(decide)),
      onOrder: (decide) => handlers.orders.push(noted(decide)),
      addToxic: (toxicOf, windowOf) => {
        const drawn = draw(at.id);
        const window = planned.during ?? windowOf?.(drawn);
        toxics.push({ planned, link: at.id, name, toxic: toxicOf(drawn), ...(window && { window }) });
      },
      loseCommitAnswers: (holesOf) => commitHoles.push({ planned, link: at.id, name, ...holesOf(draw(at.id)) }),
      strike: (how, decide, timesOf) =>
        strikes.add({ planned, how, process: at.id, times: timesOf(draw(at.id)) }, noted(decide)),
    };
    fault.inject(site);
  }

  return {
    siteOf: (providerId) => siteFor(handlersById.get(providerId) ?? noHandlers(), strikes.listeners),
    toxics,
    commitHoles,
    striking: strikes.striking,
    strikeWith: strikes.strikeWith,
    decidedBy: (planned) => decided.get(planned) ?? new Set(),
    decidedElsewhere: (faultIndex, references) => {
      const planned = faults[faultIndex];
      for (const reference of references) if (planned !== undefined) decided.get(planned)?.add(reference);
    },
    disarm: () => {
      armed = false;
    },
  };
};

/** Whether one of `faults` strikes the database server, which all runs of an open world share. */
export const strikesDatabase = (faults: readonly PlannedFault[]): boolean =>
  armFaults(faults, randomFrom(1)).striking.some(({ process }) => process === databaseProcess);
