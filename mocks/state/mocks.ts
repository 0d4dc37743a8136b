/** Mocks that are served together: one clock setting, one snapshot. */
import { noFaults, type OpenProvider } from '#harness/provider';
import { type MakeMock, type RecordedMock, type RecordedPorts, recordMock, restoreMock } from './recorded-mock.ts';
import type { MocksState } from './routes.ts';
import { readSnapshot } from './snapshot.ts';

/** The mocks, by the ids of their providers. */
export interface Mocks {
  readonly state: MocksState;
  /** The mock of this id as it is at each moment: what it answers comes from whatever was restored last. */
  providerOf(id: string): OpenProvider;
  stop(): void;
}

type Makers = Readonly<Record<string, MakeMock>>;
type Table = Map<string, RecordedMock>;

const stopAll = (mocks: Table): void => {
  for (const { provider } of mocks.values()) provider.stop();
};

/** The state of `mocks`, whose entries `restore` replaces. */
const stateOf = (mocks: Table, makers: Makers, ports: RecordedPorts): MocksState => {
  const all = (): readonly RecordedMock[] => [...mocks.values()];
  let stepping = Promise.resolve();
  let scale = 1;
  return {
    nowMs: () => (all()[0]?.clock ?? ports.clock).nowMs(),
    get scale() {
      return ports.clock.scale * scale;
    },
    step: (byMs) => {
      stepping = stepping.then(async () => {
        await Promise.all(all().map(({ clock, settled }) => clock.step(byMs, settled)));
      });
      return stepping;
    },
    setScale: (wanted) => {
      scale = wanted / ports.clock.scale;
      for (const { clock } of all()) clock.setScale(scale);
    },
    snapshot: () => ({
      format: 'topple-mocks-1',
      mocks: Object.fromEntries([...mocks].map(([id, mock]) => [id, mock.snapshot()])),
    }),
    restore: async (asked) => {
      const identities = Object.fromEntries([...mocks].map(([id, { provider }]) => [id, provider.identity]));
      const snapshot = readSnapshot(asked, identities);
      const restoring = Object.entries(snapshot.mocks).map(async ([id, one]) => {
        const mock = await restoreMock(makers[id] as MakeMock, ports, one);
        return [id, mock] as const;
      });
      const restored = await Promise.all(restoring);
      stopAll(mocks);
      for (const [id, mock] of restored) {
        mock.clock.setScale(scale);
        mocks.set(id, mock);
      }
    },
  };
};

/** Opens a mock by each of `makers`; throws `unreadable-key`. Whatever faults act are the business of the makers. */
export const openMocks = (makers: Makers, given: Omit<RecordedPorts, 'site'>): Mocks => {
  const ports: RecordedPorts = { ...given, site: noFaults };
  const mocks: Table = new Map(Object.entries(makers).map(([id, make]) => [id, recordMock(make, ports)]));
  const mockOf = (id: string): RecordedMock => {
    const mock = mocks.get(id);
    if (mock === undefined) throw new RangeError(`there is no mock ${id}`);
    return mock;
  };
  return {
    state: stateOf(mocks, makers, ports),
    providerOf: (id) => ({
      id,
      identity: mockOf(id).provider.identity,
      failings: mockOf(id).provider.failings,
      handle: (call) => mockOf(id).handle(call),
      records: () => mockOf(id).provider.records(),
      idle: () => mockOf(id).provider.idle(),
      stop: () => mockOf(id).provider.stop(),
    }),
    stop: () => stopAll(mocks),
  };
};
