/** Gathers what a run left behind: the providers' records, the ledger, and what buyers were told. */
import type { Books, EarlierEntry, LedgerView, LostCalls, RestingConnection, ShownBalance } from '../books.ts';
import type { History, Operation } from '../history.ts';
import type { HttpAdapter } from '../target.ts';
import type { RunningWorld } from '../world.ts';
import type { Buyers } from './drive.ts';

/** Adds the webhook deliveries that providers recorded to the history, under the order that they are about. */
export const recordDeliveries = (world: Pick<RunningWorld, 'providers'>, buyers: Buyers, history: History): void => {
  for (const provider of world.providers) {
    for (const delivery of provider.records().deliveries) {
      const { reference, eventId, sentMs, answeredMs, status, acknowledged, forged } = delivery;
      history.add({
        kind: forged === undefined ? 'webhook' : 'forged-webhook',
        ordinal: buyers.ordinals.get(reference) ?? null,
        invokedMs: sentMs,
        completedMs: answeredMs,
        outcome: acknowledged ? 'ok' : status === 0 ? 'unknown' : 'failed',
        status,
        subject: eventId,
      });
    }
  }
};

/** Asks the system for the balance of every wallet; one that it does not answer for is left out. */
export const shownBalances = async (
  world: Pick<RunningWorld, 'request'>,
  adapter: HttpAdapter,
  wallets: Buyers['wallets'],
): Promise<readonly ShownBalance[]> => {
  const shown = await Promise.all(
    wallets.map(async (wallet) => {
      const balanceMinor = adapter.balanceIn(await world.request(adapter.readWallet(wallet)));
      return balanceMinor === undefined ? [] : [{ wallet, balanceMinor }];
    }),
  );
  return shown.flat();
};

/** What is known besides the ledger and the providers. */
export interface Witnessed {
  readonly intents: Buyers['intents'];
  readonly shown: readonly ShownBalance[];
  readonly earlierEntries: readonly EarlierEntry[];
  readonly operations: readonly Operation[];
  readonly lostCalls?: LostCalls | undefined;
  readonly connections?: readonly RestingConnection[];
}

/** Nothing but the ledger and the providers is known. */
export const unwitnessed: Witnessed = { intents: [], shown: [], earlierEntries: [], operations: [] };

/** The books of a world at this moment. */
export const booksOf = (
  world: Pick<RunningWorld, 'providers' | 'timeScale'>,
  ledger: LedgerView,
  { operations, lostCalls, ...witnessed }: Witnessed,
): Books => {
  const records = world.providers.map((provider) => provider.records());
  return {
    ...ledger,
    ...witnessed,
    traces: {
      operations,
      deliveries: records.flatMap(({ deliveries }) => deliveries),
      calls: records.flatMap(({ calls }) => calls),
      ...(lostCalls === undefined ? {} : { lostCalls }),
      timeScale: world.timeScale,
    },
    captured: records.flatMap(({ payments }) => payments),
    grants: records.flatMap(({ grants }) => grants),
    forged: records.flatMap(({ deliveries }) =>
      deliveries.flatMap(({ forged, reference, eventId, sentMs, status, acknowledged: wasBelieved }) =>
        forged === undefined || status === 0 ? [] : { ...forged, reference, eventId, sentMs, status, wasBelieved },
      ),
    ),
  };
};
