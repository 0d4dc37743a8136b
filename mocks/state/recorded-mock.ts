/** A mock whose inputs are kept, so that its state can be told, and made again in another one. */
import { nextTurn } from '#harness/clock';
import { mockErrors } from '#harness/mock-errors';
import type { Call, Cut, OpenProvider, ProviderPorts, Reply, WebhookAnswer } from '#harness/provider';
import { randomFrom } from '#harness/seed';
import { type Input, type MockSnapshot, type NoCall, readCall, writtenCall } from './snapshot.ts';
import { type SteeredClock, steeredClock } from './steered-clock.ts';

/** Opens a provider with all that acts on it by calls: control routes, behaviours, told runs. */
export type MakeMock = (ports: ProviderPorts) => OpenProvider;

/** A mock in operation. Whatever is done to it not through `handle` is in no snapshot. */
export interface RecordedMock {
  readonly provider: OpenProvider;
  /** The clock of its dates and schedules. */
  readonly clock: SteeredClock;
  handle(call: Call): Reply | Cut;
  /** Resolves when no webhook is on its way. */
  settled(): Promise<void>;
  /** Throws `history-too-long` once more has come in than is kept. */
  snapshot(): MockSnapshot;
}

/** The world of a mock: its ports, with the clocks that it was given. */
export interface RecordedPorts extends ProviderPorts {
  /** The most inputs that are kept. */
  readonly inputsMax: number;
}

type Kept = { readonly call: Call } | NoCall;

const turn = (): Promise<void> => new Promise(nextTurn);

/** Looks at a mock from outside changes nothing in it. */
const changesNothing = ({ method, path }: Call): boolean => method === 'GET' && path.startsWith('/__topple/');

/** Keeps what comes in, until there is too much of it. */
const openHistory = (inputsMax: number) => {
  const inputs: (Kept & { readonly atMs: number; readonly wallMs: number })[] = [];
  let isComplete = true;
  return {
    keep: (atMs: number, wallMs: number, kept: Kept): void => {
      if (isComplete && inputs.length < inputsMax) {
        inputs.push({ atMs, wallMs, ...kept });
        return;
      }
      isComplete = false;
      inputs.length = 0;
    },
    written: (): readonly Input[] => {
      if (!isComplete) throw mockErrors.historyTooLong(inputsMax);
      return inputs.map((one): Input => ('call' in one ? { ...one, call: writtenCall(one.call) } : one));
    },
  };
};

/** Where a past begins that is gone through again. */
type Start = Pick<MockSnapshot, 'startedMs' | 'startedWallMs'>;

/** The two clocks of a mock. While a timer of one of them runs, the other stands still. */
const openClocks = (ports: RecordedPorts, start: Start | undefined, keep: (kept: NoCall) => void) => {
  const beginning = (standsAtMs: number | undefined, timerOf: 'clock' | 'wall', other: () => SteeredClock) => ({
    ...(standsAtMs !== undefined && { standsAtMs }),
    beforeTimer: () => {
      other().hold();
      keep({ timerOf });
    },
  });
  const clock: SteeredClock = steeredClock(
    ports.clock,
    beginning(start?.startedMs, 'clock', () => wall),
  );
  const wall: SteeredClock = steeredClock(
    ports.wall,
    beginning(start?.startedWallMs, 'wall', () => clock),
  );
  return { clock, wall };
};

/** Webhooks on their way; those of a past have no receiver, and wait to be answered as they were. */
const openDeliveries = (isPast: boolean, arrived: (nth: number, answer: WebhookAnswer) => void) => {
  const waiting = new Map<number, (answer: WebhookAnswer) => void>();
  let [isOver, sentCount, underWay] = [!isPast, 0, 0];
  const answerAgain = (nth: number, answer: WebhookAnswer): void => {
    const answered = waiting.get(nth);
    if (answered === undefined) throw mockErrors.badSnapshot(`webhook ${nth} was never sent`);
    waiting.delete(nth);
    arrived(nth, answer);
    answered(answer);
  };
  return {
    isQuiet: () => underWay === 0,
    by:
      (deliver: ProviderPorts['deliver']): ProviderPorts['deliver'] =>
      async (webhook) => {
        sentCount += 1;
        const nth = sentCount;
        if (!isOver) return new Promise((resolve) => waiting.set(nth, resolve));
        underWay += 1;
        const answer = await deliver(webhook);
        arrived(nth, answer);
        underWay -= 1;
        return answer;
      },
    answerAgain,
    /** What was under way in that past gets no answer any more. */
    leavePast: (): void => {
      isOver = true;
      for (const nth of [...waiting.keys()]) answerAgain(nth, { status: 0, body: 'the mock was restored meanwhile' });
    },
  };
};

/** The mock on clocks of its own, which begins where a past began, or now. */
const openMock = (make: MakeMock, ports: RecordedPorts, start?: Start) => {
  const history = openHistory(ports.inputsMax);
  const keep = (kept: Kept): void => history.keep(clock.nowMs(), wall.nowMs(), kept);
  const { clock, wall } = openClocks(ports, start, keep);
  const { startedMs, startedWallMs } = start ?? { startedMs: clock.nowMs(), startedWallMs: wall.nowMs() };
  const enter = (): void => {
    clock.enter();
    wall.enter();
  };
  const deliveries = openDeliveries(start !== undefined, (nth, answer) => {
    enter();
    keep({ answer: { nth, ...answer } });
  });
  const provider = make({ ...ports, clock, wall, deliver: deliveries.by(ports.deliver) });
  const handle = (call: Call): Reply | Cut => {
    enter();
    if (!changesNothing(call)) keep({ call });
    return provider.handle(call);
  };
  return {
    provider,
    clock,
    wall,
    handle,
    settled: async (): Promise<void> => {
      do await turn();
      while (!deliveries.isQuiet());
    },
    snapshot: (): MockSnapshot => {
      const times = { startedMs, startedWallMs, nowMs: clock.nowMs(), wallMs: wall.nowMs() };
      return { seed: ports.random.name, identity: provider.identity, ...times, inputs: history.written() };
    },
    /** Of a past: what came in comes in once more. */
    redo: async (input: Input): Promise<void> => {
      clock.standAt(input.atMs);
      wall.standAt(input.wallMs);
      if ('call' in input) handle(readCall(input.call));
      else if ('answer' in input) deliveries.answerAgain(input.answer.nth, input.answer);
      else if (!{ clock, wall }[input.timerOf].runFirst()) throw mockErrors.badSnapshot('a timer was never set');
      await turn();
    },
    leavePast: deliveries.leavePast,
  };
};

/** A mock without a past. */
export const recordMock = (make: MakeMock, ports: RecordedPorts): RecordedMock => openMock(make, ports);

/**
 * A mock as it was. Its clock runs on from the moment of the snapshot, real time is real time again: a copy that was
 * due in between leaves at once.
 */
export const restoreMock = async (
  make: MakeMock,
  ports: RecordedPorts,
  snapshot: MockSnapshot,
): Promise<RecordedMock> => {
  const mock = openMock(make, { ...ports, random: randomFrom(snapshot.seed) }, snapshot);
  for (const input of snapshot.inputs) await mock.redo(input);
  mock.clock.standAt(snapshot.nowMs);
  mock.wall.standAt(snapshot.wallMs);
  mock.leavePast();
  await turn();
  mock.clock.runOn(snapshot.nowMs);
  mock.wall.runOn(ports.wall.nowMs());
  return mock;
};
