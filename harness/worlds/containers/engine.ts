/** The container engine that testcontainers finds: DOCKER_HOST, its own settings, or a socket at a usual place. */
import { createServer } from 'node:net';
import type { ContainerRuntimeClient } from 'testcontainers';
import { containerErrors } from '../../container-errors.ts';
import { ToppleError } from '../../errors.ts';

/** The package, loaded on demand: whoever needs no containers does not have it. */
export type Testcontainers = typeof import('testcontainers');

/** The engine's own API, as `dockerode` speaks it. */
export type EngineApi = ContainerRuntimeClient['container']['dockerode'];

/** An engine that answers. */
export interface Engine {
  readonly version: string;
  /** Where it answers: `/var/run/docker.sock`, or a host. */
  readonly place: string;
  /** The host at which it publishes ports: loopback where it is on this machine. */
  readonly host: string;
  readonly client: ContainerRuntimeClient;
  readonly api: EngineApi;
  readonly testcontainers: Testcontainers;
}

/** No engine; `reason` is a clause without a full stop, good for `context.skip`. */
export interface NoEngine {
  readonly reason: string;
}

const load = async (): Promise<Testcontainers> => {
  // Its helper that removes what is left is an image of its own, which is not everywhere to be had; leases do the same.
  process.env.TESTCONTAINERS_RYUK_DISABLED ??= 'true';
  try {
    return await import('testcontainers');
  } catch (error) {
    throw containerErrors.noTestcontainers(error);
  }
};

/** Whether DOCKER_HOST names the engine that was found: testcontainers goes on to the next place where none answers. */
const isAsked = (asked: string, place: string): boolean =>
  asked === `unix://${place}` || (URL.canParse(asked) && new URL(asked).host === place);

const loopback = '127.0.0.1';

/** Whether `host` is an address of this machine. Bridges without a container are down, and on no list of interfaces. */
const isOwn = (host: string): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(0, host, () => server.close(() => resolve(true)));
  });

/**
 * Where an engine that testcontainers meets at `host` publishes its ports. On a virtual machine that was made of an
 * image it believes to be in a container, and names the gateway of the engine's bridge, which is this very machine.
 */
export const publishedAt = async (host: string): Promise<string> => ((await isOwn(host)) ? loopback : host);

/** The engine. Throws `noTestcontainers`, or `noEngine` when none answers. */
export const needEngine = async (): Promise<Engine> => {
  const testcontainers = await load();
  const asked = process.env.DOCKER_HOST;
  const client = await testcontainers.getContainerRuntimeClient().catch((error: unknown) => {
    const said = error instanceof Error ? error.message : String(error);
    throw containerErrors.noEngine(`None answers ${asked ?? 'at the usual sockets'}; testcontainers says: ${said}`);
  });
  const { serverVersion, host } = client.info.containerRuntime;
  const api = client.container.dockerode;
  const modem: unknown = api.modem;
  const { socketPath, host: at, port } = modem as { socketPath?: string; host?: string; port?: number };
  const place = socketPath ?? `${at}:${port}`;
  if (asked && !isAsked(asked, place)) throw containerErrors.noEngine(`DOCKER_HOST is ${asked}, where none answers`);
  return { version: String(serverVersion), place, host: await publishedAt(host), client, api, testcontainers };
};

/** The engine, or why there is none. */
export const findEngine = async (): Promise<Engine | NoEngine> =>
  needEngine().catch((error: unknown) => {
    if (error instanceof ToppleError) return { reason: `${error.message} ${error.why}`.replace(/\.$/, '') };
    throw error;
  });
