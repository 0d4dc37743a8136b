/** The mock providers in a container, fresh for each run. */
import type { Provider } from '../../provider.ts';
import type { Elsewhere } from '../../world.ts';
import { openRemoteMocks, type RemoteMocks } from '../remote/remote-mocks.ts';
import { type RunningContainer, startContainer } from './container.ts';
import type { ContainerGround } from './ground.ts';
import { imageOf } from './images.ts';

/** What mocks print about themselves. */
interface Description {
  readonly providers: Readonly<
    Record<string, { readonly url: string; readonly identity: Readonly<Record<string, string>> }>
  >;
}

/** Mocks that listen. */
export interface MocksContainer {
  readonly container: RunningContainer;
  /** `host:port` at which containers meet each provider, by id. */
  readonly addresses: Readonly<Record<string, string>>;
  readonly identities: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Tells them of the run; `webhookUrlOf` is where the webhooks go of those that are told so once. */
  begin(elsewhere: Elsewhere, webhookUrlOf: (providerId: string) => string | undefined): Promise<RemoteMocks>;
}

/** The first port of the image; those who are served follow each other from there. */
const firstPort = 8080;
const readyMsMax = 30_000;

const descriptionIn = (line: string): Description | undefined => {
  try {
    const said = JSON.parse(line) as Partial<Description> | null;
    return said?.providers === undefined ? undefined : (said as Description);
  } catch {
    return undefined;
  }
};

/** Starts them, with schedules `timeScale` times faster than in production, for these providers. */
export const startMocks = async (
  ground: ContainerGround,
  name: string,
  providers: readonly Provider[],
  timeScale: number,
): Promise<MocksContainer> => {
  const container = await startContainer({
    ...ground,
    name,
    title: 'mocks',
    image: imageOf('mocks', process.env),
    args: ['--scale', String(timeScale), '--only', providers.map(({ id }) => id).join(',')],
    ports: providers.map((_, index) => firstPort + index),
  });
  const described = await container.firstLine(descriptionIn, readyMsMax);
  const known = Object.entries(described.providers);
  const portOf = (url: string): number => Number(new URL(url).port);
  return {
    container,
    addresses: Object.fromEntries(known.map(([id, { url }]) => [id, `${name}:${portOf(url)}`])),
    identities: Object.fromEntries(known.map(([id, { identity }]) => [id, identity])),
    begin: (elsewhere, webhookUrlOf) => {
      const urls = known.map(([id, { url }]) => [id, `http://${container.addressOf(portOf(url))}`]);
      return openRemoteMocks(Object.fromEntries(urls), providers, elsewhere, webhookUrlOf);
    },
  };
};
