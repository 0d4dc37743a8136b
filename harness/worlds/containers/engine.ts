/** The container engine that testcontainers finds: DOCKER_HOST, its own settings, or a socket at a usual place. */
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
  /** The host at which it publishes ports. */
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

/** The engine. Throws `noTestcontainers`, or `noEngine` when none answers. */
export const needEngine = async (): Promise<Engine> => {
  const testcontainers = await load();
  const asked = process.env.DOCKER_HOST;
  const client = await testcontainers.getContainerRuntimeClient().catch((error: unknown) => {
    const said = error instanceof Error ? error.message : String(error);
    throw containerErrors.noEngine(`none answers ${asked ?? 'at the usual sockets'}; testcontainers says: ${said}`);
  });
  const { serverVersion, host } = client.info.containerRuntime;
  const api = client.container.dockerode;
  const modem: unknown = api.modem;
  const { socketPath, host: at, port } = modem as { socketPath?: string; host?: string; port?: number };
  const place = socketPath ?? `${at}:${port}`;
  if (asked && !isAsked(asked, place)) throw containerErrors.noEngine(`DOCKER_HOST is ${asked}, where none answers`);
  return { version: String(serverVersion), place, host, client, api, testcontainers };
};

/** The engine, or why there is none. */
export const findEngine = async (): Promise<Engine | NoEngine> =>
  needEngine().catch((error: unknown) => {
    if (error instanceof ToppleError) return { reason: `${error.message} ${error.why}`.replace(/\.$/, '') };
    throw error;
  });
