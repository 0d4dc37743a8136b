/** Lets another process run scenarios against mocks on their own: it tells them the faults, asks what came of it. */
import type { PlannedFault } from '#harness/fault';
import { faults } from '#harness/faults/index';
import { type FaultSite, noFaults, type OpenProvider, type ProviderRecords, type Reply } from '#harness/provider';
import { armFaults, type FaultSites } from '#harness/run/fault-sites';
import { randomFrom } from '#harness/seed';
import type { ToldRecords, ToldRun } from '#harness/told-run';
import { isLocal, json, notLocal, refusal } from './local.ts';

/** A site that does no harm until its mock is told of a run. */
export interface ToldSite {
  readonly site: FaultSite;
  /** `untoldCount` until it is told of a run: from then on all records are kept, since verdicts come from them. */
  recordsMax(untoldCount: number): number;
  /** `provider` with `POST`, `GET` and `DELETE /__topple/run`: a run begins, what it knows, its faults are over. */
  withRuns(provider: OpenProvider): OpenProvider;
}

/** A run as its mock has it: the faults armed, and which records are older. */
interface Run {
  readonly planned: readonly PlannedFault[];
  readonly sites: FaultSites;
  readonly before: ProviderRecords;
}

const nothing: ProviderRecords = { payments: [], grants: [], calls: [], deliveries: [] };

/** Throws for what is no `ToldRun`, or names a fault that these mocks do not know. */
const begin = (body: ToldRun): Omit<Run, 'before'> => {
  const { random, faults: told } = body;
  const planned = told.map(({ fault: id, at, ranges }): PlannedFault => {
    const fault = faults.find((candidate) => candidate.id === id);
    if (fault === undefined) throw new RangeError(`there is no fault "${id}" here`);
    return { fault, at, ranges, hitsMin: 0 };
  });
  return { planned, sites: armFaults(planned, randomFrom(random)) };
};

const newer = (now: ProviderRecords, before: ProviderRecords): ProviderRecords => ({
  payments: now.payments.slice(before.payments.length),
  grants: now.grants.slice(before.grants.length),
  calls: now.calls.slice(before.calls.length),
  deliveries: now.deliveries.slice(before.deliveries.length),
});

/** The site of the provider `id`. */
export const toldSite = (id: string): ToldSite => {
  let run: Run = { planned: [], sites: armFaults([], randomFrom('')), before: nothing };
  let site: FaultSite = noFaults;
  let isTold = false;
  const answer = (provider: OpenProvider, method: string, body: Uint8Array): Reply => {
    if (method === 'POST') {
      try {
        const told = JSON.parse(new TextDecoder().decode(body)) as ToldRun;
        const begun = begin(told);
        isTold = false; // What is older than this run is forgotten now or never: `before` counts what is left.
        run = { ...begun, before: provider.records() };
        isTold = true;
        if (told.webhookUrl !== undefined) provider.subscribe?.(told.webhookUrl);
      } catch (error) {
        return refusal(400, `this run cannot begin: ${String(error)}`, 'Post what harness/told-run.ts describes.');
      }
      site = run.sites.siteOf(id);
    } else if (method === 'DELETE') run.sites.disarm();
    else if (method !== 'GET') return refusal(404, `no route ${method} run`, 'Use POST, GET or DELETE.');
    const decided = run.planned.map((planned) => [...run.sites.decidedBy(planned)]);
    const told: ToldRecords = { records: newer(provider.records(), run.before), decided, isIdle: provider.idle() };
    return json(200, told);
  };
  return {
    site: {
      onCall: (point) => site.onCall(point),
      onWebhook: (point) => site.onWebhook(point),
      onCapture: (point) => site.onCapture(point),
      onOrder: (point) => site.onOrder(point),
      onMoment: (moment) => site.onMoment(moment),
    },
    recordsMax: (untoldCount) => (isTold ? Number.POSITIVE_INFINITY : untoldCount),
    withRuns: (provider) => ({
      ...provider,
      handle: (call) => {
        if (call.path !== '/__topple/run') return provider.handle(call);
        if (!isLocal(call)) return notLocal;
        return answer(provider, call.method, call.body);
      },
    }),
  };
};
