/** Mock providers in another process: told of the run, and asked what they know. */
import { systemClock } from '../../clock.ts';
import { toDecimal } from '../../money.ts';
import type { Provider } from '../../provider.ts';
import { remoteErrors } from '../../remote-errors.ts';
import { readToldRecords, type ToldRecords, toldRun } from '../../told-run.ts';
import type { Elsewhere, MetProvider, RunningWorld } from '../../world.ts';

/** Where a mock is met: its base URL, by provider id. */
export type MockUrls = Readonly<Record<string, string>>;

/** What a running world has of them. */
export type RemoteMocks = Required<Pick<RunningWorld, 'providers' | 'catchUp' | 'disarm'>>;

const answerMsMax = 10_000;

/** The text of a good answer; rejects with `mockRefused` for any other, and when none comes. */
const ask = async (url: string, method: string, body?: object): Promise<string> => {
  const abort = new AbortController();
  const cancel = systemClock.after(answerMsMax, () => abort.abort(new Error(`no answer in ${answerMsMax} ms`)));
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  try {
    const answer = await fetch(url, { method, ...sent, signal: abort.signal });
    const text = await answer.text();
    if (answer.status !== 200) throw new Error(`${answer.status} ${text.trim()}`);
    return text;
  } catch (error) {
    throw remoteErrors.mockRefused(`${method} ${url}`, error);
  } finally {
    cancel();
  }
};

/**
 * Tells every mock of the run, and where its webhooks go if `webhookUrlOf` says so; from then on they know only what is
 * newer. Rejects with `mockRefused` when one does not know a fault of the run, or does not answer.
 */
export const openRemoteMocks = async (
  urls: MockUrls,
  providers: readonly Pick<Provider, 'id' | 'serves'>[],
  { faults, random, decided }: Elsewhere,
  webhookUrlOf: (providerId: string) => string | undefined = () => undefined,
): Promise<RemoteMocks> => {
  const known = new Map<string, ToldRecords>();
  const runOf = async (id: string, method: 'POST' | 'GET' | 'DELETE', body?: object): Promise<void> => {
    const told = readToldRecords(await ask(`${urls[id]}/__topple/run`, method, body));
    known.set(id, told);
    for (const [index, references] of told.decided.entries()) decided(index, references);
  };
  const everywhere = async (method: 'GET' | 'DELETE'): Promise<void> => {
    await Promise.all(providers.map(({ id }) => runOf(id, method)));
  };
  await Promise.all(providers.map(({ id }) => runOf(id, 'POST', toldRun(random, faults, webhookUrlOf(id)))));
  const met = ({ id, serves }: Pick<Provider, 'id' | 'serves'>): MetProvider => ({
    id,
    records: () => (known.get(id) as ToldRecords).records,
    idle: () => (known.get(id) as ToldRecords).isIdle,
    ...(serves === 'payment' && {
      pay: async (reference, asked) => {
        const money = asked && { amount: toDecimal(asked), currency: asked.currency };
        await ask(`${urls[id]}/__topple/pay`, 'POST', { reference, ...money });
      },
    }),
  });
  return {
    providers: providers.map(met),
    catchUp: () => everywhere('GET'),
    disarm: () => everywhere('DELETE'),
  };
};
