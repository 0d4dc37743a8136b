/**
 * Sends drawn calls to a mock, half of them validly signed, and looks at what it makes of them: it must answer each as
 * its vendor does, never throw, change nothing for what nobody signed, and hold of every customer what it granted. What
 * nobody signed must not even meet a behaviour that was asked for: that is for the next real call.
 */
import { steppedClock } from '#harness/clock';
import {
  type Call,
  type GrantedCredit,
  noFaults,
  type OpenProvider,
  type Provider,
  type ProviderPorts,
  type Reply,
} from '#harness/provider';
import { type Random, randomFrom } from '#harness/seed';
import { answeredBy } from '../contract.ts';
import { contracts } from '../contracts.ts';
import { breaks } from './breaks.ts';

/** What a call is drawn from. With `isRight` false it is signed with a wrong secret. */
export interface Draw {
  readonly random: Random;
  readonly identity: OpenProvider['identity'];
  readonly nowMs: number;
  readonly isRight: boolean;
}

/** A provider as the fuzzer knows it. */
export interface FuzzTarget {
  readonly provider: Provider;
  /** A call that the gateway lets in, signed by the vendor's own code; what it asks for may be anything. */
  drawSigned(draw: Draw): Call;
  /** The vendor's code in an answer, `ok` for success; throws when no answer of the vendor's looks like this. */
  codeOf(reply: Reply): string;
  /** Codes of the contract that no call by itself brings about. */
  readonly unreachable?: readonly string[];
  /** What the customer of a grant has now, by the API; undefined where no operation tells. Of clouds. */
  heldMinor?(grant: GrantedCredit, draw: Draw, ask: (call: Call) => Reply): bigint | undefined;
  /** Forgets what earlier answers told: a mock is opened anew. */
  begin?(): void;
  /** What people do there between the calls. Of payment providers. */
  byHand?(open: OpenProvider, random: Random): void;
  /** Ways to break a call that leave it authentic there, since the vendor does not sign what they change. */
  readonly harmless?: readonly string[];
}

/**
 * What was seen: `granted` counts grants, or the orders of a payment provider, `met` answers by operation and by code;
 * `breaches` says what must not have happened.
 */
export interface FuzzReport {
  readonly sent: number;
  readonly signed: number;
  readonly granted: number;
  readonly met: ReadonlyMap<string, ReadonlyMap<string, number>>;
  readonly breaches: readonly string[];
}

/** A mock is opened anew after so many calls, so that what it has recorded stays small. */
const sessionCalls = 1_000;
/** In every third session time stands still at first, so that limits per second are met. */
const burstCalls = 700;
const breachesMax = 20;

type Met = Map<string, Map<string, number>>;

interface Session {
  readonly target: FuzzTarget;
  readonly open: OpenProvider;
  readonly random: Random;
  readonly name: string;
  readonly report: { sent: number; signed: number; granted: number; met: Met; breaches: string[] };
  /** How many calls the mock has asked its fault site about. */
  pointCount(): number;
  drawAt(shiftMs: number, isRight: boolean): Draw;
  step(byMs: number): void;
}

const breach = ({ report, name, open }: Session, what: string, call?: Call): void => {
  if (report.breaches.length >= breachesMax) return;
  const about = call === undefined ? '' : `: ${call.method} ${call.path}?${call.rawQuery.slice(0, 200)}`;
  report.breaches.push(`${open.id}, session ${name}, call ${report.sent}: ${what}${about}`);
};

/** What mocks record as the operation of a call that is none. */
const nowhere = 'unknown';

/** The codes that the contract tells of there. */
const answersOf = ({ provider }: FuzzTarget, operation: string): readonly string[] =>
  answeredBy(contracts[provider.id as keyof typeof contracts], operation === nowhere ? undefined : operation);

const count = (met: Met, operation: string, code: string): void => {
  const codes = met.get(operation) ?? new Map<string, number>();
  met.set(operation, codes.set(code, (codes.get(code) ?? 0) + 1));
};

/** Sends a call and counts what came of it. */
const send = (session: Session, call: Call): Reply | undefined => {
  const { open, target, report } = session;
  report.sent += 1;
  try {
    const reply = open.handle(call);
    if ('cut' in reply) throw new Error('the connection was cut');
    const operation = open.records().calls.at(-1)?.operation ?? nowhere;
    const code = target.codeOf(reply);
    count(report.met, operation, code);
    if (code !== 'ok' && !answersOf(target, operation).includes(code))
      breach(session, `${operation} answered ${code}, of which its contract does not tell`, call);
    return reply;
  } catch (error) {
    breach(session, String(error), call);
    return undefined;
  }
};

const waysToBreak = [...Object.keys(breaks), 'wrong secret', 'old', 'ahead'];
const dayMs = 86_400_000;

/** A call that nobody signed like this, for now. */
const drawBroken = ({ target, random, drawAt }: Session): { readonly way: string; readonly call: Call } => {
  const way = random.pick(waysToBreak.filter((one) => target.harmless?.includes(one) !== true));
  if (way === 'wrong secret') return { way, call: target.drawSigned(drawAt(0, false)) };
  if (way === 'old' || way === 'ahead') {
    return { way, call: target.drawSigned(drawAt(way === 'old' ? -dayMs : dayMs, true)) };
  }
  const genuine = target.drawSigned(drawAt(0, true));
  return { way, call: breaks[way]?.(genuine, random) ?? genuine };
};

/** Whether every customer has what was granted to him. */
const audit = (session: Session): void => {
  const { open, target, drawAt, step } = session;
  const byCustomer = Map.groupBy(
    open.records().grants,
    ({ id, cloudAccount, currency }) => `${id.split('-')[0]} ${currency} ${cloudAccount}`,
  );
  for (const [customer, grants] of byCustomer) {
    const [first] = grants;
    if (first === undefined) continue;
    step(1_000);
    const ask = (call: Call): Reply => send(session, call) ?? { status: 0, headers: {}, body: new Uint8Array() };
    const grantedMinor = grants.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
    const heldMinor = target.heldMinor?.(first, drawAt(0, true), ask);
    if (heldMinor !== undefined && heldMinor !== grantedMinor)
      breach(session, `customer ${customer} was granted ${grantedMinor} and has ${heldMinor}`);
  }
};

/** What nobody may change who has not signed: grants, payments, and the orders as they are. */
const stateOf = (open: OpenProvider): string => {
  const { grants, payments } = open.records();
  const orders = open.byHand?.orders() ?? [];
  const told = orders.map(({ id, status, refundedMinor }) => `${id} ${status} ${refundedMinor}`);
  return `${grants.length} ${payments.length} ${told}`;
};

const openSession = (target: FuzzTarget, name: string, report: Session['report']): Session => {
  target.begin?.();
  const random = randomFrom(name);
  const clock = steppedClock(Date.UTC(2026, 0, 1));
  let points = 0;
  const onCall = () => {
    points += 1;
    return 'answer' as const;
  };
  const ports: ProviderPorts = {
    clock,
    wall: clock,
    random: random.fork('provider'),
    site: { ...noFaults, onCall },
    deliver: async () => ({ status: 0, body: '' }),
  };
  const open = target.provider.open(ports);
  const drawAt = (shiftMs: number, isRight: boolean): Draw => ({
    random,
    identity: open.identity,
    nowMs: clock.nowMs() + shiftMs,
    isRight,
  });
  const step = (byMs: number) => clock.advance(byMs);
  return { target, open, random, name, report, pointCount: () => points, drawAt, step };
};

/** Of every answer that the contract tells of, and of every success, what was not met: operation and code. */
export const unmetAnswers = (target: FuzzTarget, { met }: FuzzReport): readonly string[] =>
  [...target.provider.operations, nowhere].flatMap((operation) =>
    [...answersOf(target, operation), ...(operation === nowhere ? [] : ['ok'])]
      .filter((code) => target.unreachable?.includes(code) !== true && met.get(operation)?.has(code) !== true)
      .map((code) => `${operation} ${code}`),
  );

/** The same of few calls: what succeeded nowhere, and codes that nothing answered. */
export const unmet = (target: FuzzTarget, { met }: FuzzReport): readonly string[] => {
  const { operations } = target.provider;
  const codes = new Set([...operations, nowhere].flatMap((operation) => answersOf(target, operation)));
  const metCodes = new Set([...met.values()].flatMap((counts) => [...counts.keys()]));
  return [
    ...operations.filter((operation) => met.get(operation)?.has('ok') !== true).map((operation) => `${operation} ok`),
    ...[...codes].filter((code) => target.unreachable?.includes(code) !== true && !metCodes.has(code)),
  ];
};

/** What succeeds was authentic, and so it must have been able to go wrong. */
const sendSigned = (session: Session): void => {
  const { target, report, pointCount } = session;
  const points = pointCount();
  const call = target.drawSigned(session.drawAt(0, true));
  report.signed += 1;
  const reply = send(session, call);
  if (reply !== undefined && target.codeOf(reply) === 'ok' && pointCount() === points)
    breach(session, 'met nothing that was asked for', call);
};

/** Sends `calls` calls, decided by `seed`; about half of them are signed. */
export const fuzz = (target: FuzzTarget, { seed, calls }: { seed: string; calls: number }): FuzzReport => {
  const report: Session['report'] = { sent: 0, signed: 0, granted: 0, met: new Map(), breaches: [] };
  for (let done = 0; done < calls; done += sessionCalls) {
    const session = openSession(target, `${seed}/${target.provider.id}/${done / sessionCalls}`, report);
    const isBurst = (done / sessionCalls) % 3 === 1;
    for (let nth = 0; nth < Math.min(sessionCalls, calls - done); nth += 1) {
      if (!isBurst || nth > burstCalls) session.step(session.random.integer(0, 200));
      target.byHand?.(session.open, session.random);
      if (session.random.unit() < 0.5) {
        sendSigned(session);
        continue;
      }
      const { way, call } = drawBroken(session);
      const [before, points] = [stateOf(session.open), session.pointCount()];
      const reply = send(session, call);
      // What succeeds all the same is proven by something else, as the address of a bill is.
      const isRefused = reply === undefined || target.codeOf(reply) !== 'ok';
      if (isRefused && session.pointCount() !== points)
        breach(session, `met what was asked for although it was ${way}`, call);
      if (stateOf(session.open) !== before) breach(session, `granted or changed although it was ${way}`, call);
    }
    audit(session);
    report.granted += session.open.byHand?.orders().length ?? session.open.records().grants.length;
    session.open.stop();
  }
  return report;
};
