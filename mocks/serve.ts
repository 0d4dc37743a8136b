/** The mocks on their own: every provider on a port, with control routes, until closed. */
import type { Clock } from '#harness/clock';
import type { Provider, ProviderPorts } from '#harness/provider';
import type { Random } from '#harness/seed';
import { withBehaviours } from './behaviours/routes.ts';
import { openBehaviours } from './behaviours/site.ts';
import { withControl } from './doors/control.ts';
import { postWebhook } from './doors/post-webhook.ts';
import { openSocketDoor } from './doors/socket.ts';
import { openTlsDoors } from './doors/tls.ts';
import { toldSite } from './doors/told-run.ts';
import { providers } from './index.ts';
import { openMocks } from './state/mocks.ts';
import type { MakeMock } from './state/recorded-mock.ts';
import { type MocksState, withState } from './state/routes.ts';

/** `port` is the first provider's, the others follow it in the order of their ids; 0 or none takes free ones. */
export interface ServeOptions {
  readonly port?: number;
  /** Where to listen; 127.0.0.1 if left out. */
  readonly host?: string;
  readonly keysDir?: string;
  /** Ids of those to serve; all if left out. */
  readonly only?: readonly string[];
  /** Dates and retry schedules. */
  readonly clock: Clock;
  /** Real time. */
  readonly wall: Clock;
  readonly random: Random;
  /** Also opens each provider over TLS, and a proxy that leads from the vendors' hosts to them. */
  readonly tls?: boolean;
  /** The most inputs of each mock that are kept for a snapshot; 20000 if left out. */
  readonly inputsMax?: number;
  /** The most calls and deliveries that each mock records, the newest; 20000 if left out, and all of a told run. */
  readonly recordsMax?: number;
}

/** What a client needs, as JSON: the base URL of each provider and what that provider issued to it. */
export interface MocksDescription {
  readonly providers: Readonly<Record<string, DescribedMock>>;
  /** With TLS: the HTTP proxy for clients whose hosts are hard-coded. */
  proxy?: string;
  /** With TLS: PEM of the certificate that clients have to trust. */
  caCertificate?: string;
}

interface DescribedMock {
  readonly url: string;
  /** With TLS: the same provider over https. */
  readonly tlsUrl?: string;
  readonly identity: Readonly<Record<string, string>>;
}

/** Mocks in operation. */
export interface ServedMocks {
  readonly description: MocksDescription;
  readonly state: MocksState;
  close(): Promise<void>;
}

const inputsUnasked = 20_000;
const recordsUnasked = 20_000;

/** A provider with all its control routes but those of the state. */
const makeMock =
  (provider: Provider, description: object, recordsMax: number): MakeMock =>
  (ports: ProviderPorts) => {
    const told = toldSite(provider.id);
    const behaviours = openBehaviours(told.site);
    const mock = provider.open({
      ...ports,
      site: behaviours.site,
      recordsMax: () => told.recordsMax(recordsMax),
    });
    return told.withRuns(withBehaviours(withControl(mock, description), behaviours));
  };

/** Opens all that are asked for, or none: throws `port-taken` or `unreadable-key` with everything closed again. */
export const serveMocks = async (options: ServeOptions): Promise<ServedMocks> => {
  const { port = 0, host = '127.0.0.1', keysDir, only, clock, wall, random, inputsMax = inputsUnasked } = options;
  const { recordsMax = recordsUnasked } = options;
  const described: Record<string, DescribedMock> = {};
  const description: MocksDescription = { providers: described };
  const served = Object.values(providers).filter(({ id }) => only?.includes(id) ?? true);
  const makers = Object.fromEntries(
    served.map((provider) => [provider.id, makeMock(provider, description, recordsMax)]),
  );
  const ports = { clock, wall, random, deliver: postWebhook(wall), inputsMax, ...(keysDir && { keysDir }) };
  const mocks = openMocks(makers, ports);
  const closers: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    mocks.stop();
    await Promise.all(closers.map((closeOne) => closeOne()));
  };

  try {
    const opened = new Map(served.map(({ id }) => [id, withState(mocks.providerOf(id), mocks.state)]));
    for (const [index, [id, open]] of [...opened].entries()) {
      const door = await openSocketDoor(open, { host, port: port === 0 ? 0 : port + index });
      closers.push(door.close);
      described[id] = { url: door.url, identity: open.identity };
    }
    if (options.tls) {
      const place = { host, port: port === 0 ? 0 : port + served.length };
      const secure = await openTlsDoors(opened, place, wall.nowMs());
      closers.push(secure.close);
      for (const [id, tlsUrl] of secure.urls) described[id] = { ...(described[id] as DescribedMock), tlsUrl };
      Object.assign(description, { proxy: secure.proxy, caCertificate: secure.caCertificate });
    }
  } catch (error) {
    await close();
    throw error;
  }
  return { description, state: mocks.state, close };
};
