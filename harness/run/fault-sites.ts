/** Turns the planned faults of a run into the sites that providers ask, and counts every hit. */
import type { Draw, PlannedFault, Site, Toxic } from '../fault.ts';
import { drawValues } from '../params.ts';
import type { WebhookPoint } from '../provider.ts';
import {
  type CallPoint,
  type CapturePoint,
  type Cut,
  type FaultSite,
  noFaults,
  type WebhookFate,
} from '../provider.ts';
import type { Random } from '../seed.ts';

/** A toxic to add to a link. */
export interface PlannedToxic {
  readonly planned: PlannedFault;
  readonly link: string;
  readonly name: string;
  readonly toxic: Toxic;
}

/** All faults of a run, ready to act. */
export interface FaultSites {
  siteOf(providerId: string): FaultSite;
  readonly toxics: readonly PlannedToxic[];
  /** Decisions of a provider-layer fault that were not "leave alone". */
  hitsOf(planned: PlannedFault): number;
  /** From now on every site does no harm. */
  disarm(): void;
}

interface Handlers {
  readonly calls: ((point: CallPoint) => Cut['cut'] | undefined)[];
  readonly webhooks: ((point: WebhookPoint) => WebhookFate | undefined)[];
  readonly captures: ((point: CapturePoint) => bigint | undefined)[];
}

/** Draws by the order in which references first appear, so equal arrivals meet equal fates. */
const drawsOf = (planned: PlannedFault, random: Random): ((reference: string) => Draw<string>) => {
  const ordinals = new Map<string, number>();
  return (reference) => {
    const ordinal = ordinals.get(reference) ?? ordinals.size;
    ordinals.set(reference, ordinal);
    const own = random.fork(String(ordinal));
    return { values: drawValues(planned.ranges, own.fork('values')), random: own.fork('decision') };
  };
};

const siteFor = (handlers: Handlers): FaultSite => ({
  onCall: (point) => firstDecision(handlers.calls, point) ?? noFaults.onCall(point),
  onWebhook: (point) => {
    const fates = handlers.webhooks.flatMap((decide) => decide(point) ?? []);
    return { lost: fates.some((fate) => fate.lost), copiesAfterMs: fates.flatMap((fate) => fate.copiesAfterMs) };
  },
  onCapture: (point) => firstDecision(handlers.captures, point) ?? noFaults.onCapture(point),
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

/** Arms the faults; `random` decides about every subject of each of them. */
export const armFaults = (faults: readonly PlannedFault[], random: Random): FaultSites => {
  const handlersById = new Map<string, Handlers>();
  const hits = new Map<PlannedFault, number>();
  const toxics: PlannedToxic[] = [];
  let armed = true;

  for (const [index, planned] of faults.entries()) {
    const { fault, at } = planned;
    const draw = drawsOf(planned, random.fork(`${index}-${fault.id}`));
    const handlers = handlersById.get(at.id) ?? { calls: [], webhooks: [], captures: [] };
    handlersById.set(at.id, handlers);
    const counted =
      <Point extends { readonly reference: string }, D>(decide: (point: Point, draw: Draw<string>) => D | undefined) =>
      (point: Point): D | undefined => {
        const decision = armed ? decide(point, draw(point.reference)) : undefined;
        if (decision !== undefined) hits.set(planned, (hits.get(planned) ?? 0) + 1);
        return decision;
      };
    const site: Site<string> = {
      onCall: (decide) => {
        const onOperation = counted(decide);
        handlers.calls.push((point) =>
          at.operation === undefined || at.operation === point.operation ? onOperation(point) : undefined,
        );
      },
      onWebhook: (decide) => handlers.webhooks.push(counted(decide)),
      onCapture: (decide) => handlers.captures.push(counted(decide)),
      addToxic: (toxicOf) => {
        const name = `${fault.id}-${index}`;
        toxics.push({ planned, link: at.id, name, toxic: toxicOf(draw(at.id)) });
      },
    };
    fault.inject(site);
  }

  return {
    siteOf: (providerId) => siteFor(handlersById.get(providerId) ?? { calls: [], webhooks: [], captures: [] }),
    toxics,
    hitsOf: (planned) => hits.get(planned) ?? 0,
    disarm: () => {
      armed = false;
    },
  };
};
