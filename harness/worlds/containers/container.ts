/** One container under a lease: hardened, its output kept, found by its label when it is lost. */
import os from 'node:os';
import path from 'node:path';
import type { Readable } from 'node:stream';
import type { WaitStrategy } from 'testcontainers';
import { containerErrors } from '../../container-errors.ts';
import { type Child, type Exit, findLine } from '../embedded/child.ts';
import type { Lease } from '../embedded/lease.ts';
import { type Output, readOutput } from '../embedded/output.ts';
import type { Engine } from './engine.ts';

/** The label by which containers and networks of a lease are found; its value is the lease's folder. */
export const leaseLabel = 'topple.lease';
/** The label that names the machine on which that folder is: an engine may serve several. */
export const machineLabel = 'topple.machine';

/** The labels of everything that is made under the lease `dir`. */
export const labelsOf = (dir: string): Record<string, string> => ({
  [leaseLabel]: dir,
  [machineLabel]: os.hostname(),
});

/** What to run. */
export interface ContainerPlan {
  readonly engine: Engine;
  readonly lease: Pick<Lease, 'dir'>;
  /** Its name, which is its address for other containers of the network. */
  readonly name: string;
  /** What errors and logs call it. */
  readonly title: string;
  readonly image: string;
  /** The name of the network; ports are published where that network says. */
  readonly network: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Those to publish, on whatever ports are free. */
  readonly ports?: readonly number[];
  /** Folders of its own in memory, with their mount options; everything else is read-only. */
  readonly folders?: Readonly<Record<string, string>>;
  readonly user?: string;
}

/** A started container. */
export interface RunningContainer extends Pick<Child, 'exited' | 'onLine' | 'firstLine' | 'tail'> {
  readonly name: string;
  readonly title: string;
  /** `host:port` at which this process meets the container's `port`, which was to be published. */
  addressOf(port: number): string;
  /** Ends and removes it; harmless a second time. */
  remove(): Promise<void>;
}

const memoryGb = 1;
const processesMax = 200;

/** Its readiness is told by its output, which is read here. */
const atOnce: WaitStrategy = {
  waitUntilReady: async () => undefined,
  withStartupTimeout: () => atOnce,
  isStartupTimeoutSet: () => true,
  getStartupTimeout: () => 0,
};

/** Whether the engine refused because that is gone already, or going. */
export const isGone = (error: unknown): boolean =>
  [404, 409].includes((error as { statusCode?: number }).statusCode ?? 0);

/** Starts it; throws `noImage` where the image is neither here nor to be had. */
export const startContainer = async (plan: ContainerPlan): Promise<RunningContainer> => {
  const { engine, lease, name, title, image, network, args, env = {}, ports = [], folders = {}, user } = plan;
  let output: Output | undefined;
  let id = '';
  class Hardened extends engine.testcontainers.GenericContainer {
    override async containerCreated(containerId: string): Promise<void> {
      id = containerId;
    }
    harden(): this {
      this.hostConfig.ReadonlyRootfs = true;
      this.createOpts.Healthcheck = { Test: ['NONE'] }; // nobody asks, and each probe is a process
      this.hostConfig.PidsLimit = processesMax;
      return this.withDroppedCapabilities('ALL').withSecurityOpt('no-new-privileges');
    }
  }
  const container = new Hardened(image)
    .harden()
    .withName(name)
    .withNetworkMode(network)
    .withLabels(labelsOf(lease.dir))
    .withEnvironment(env)
    .withExposedPorts(...ports)
    .withTmpFs({ '/tmp': 'rw,mode=1777', ...folders })
    .withResourcesQuota({ memory: memoryGb })
    .withWaitStrategy(atOnce)
    .withLogConsumer((stream: Readable) => {
      output = readOutput([stream], path.join(lease.dir, 'logs', `${name}.log`));
    });
  if (args !== undefined) container.withCommand([...args]);
  if (user !== undefined) container.withUser(user);
  const started = await container.start().catch((error: unknown) => {
    throw containerErrors.noContainer(title, image, error);
  });
  const heard = output as unknown as Output;
  const handle = engine.api.getContainer(id);
  const exited = handle.wait().then(
    ({ StatusCode }: { StatusCode: number }): Exit => ({ code: StatusCode, signal: null }),
    (): Exit => ({ code: null, signal: 'SIGKILL' }), // removed while it was waited for
  );
  const child = { name: title, exited, onLine: heard.onLine, tail: heard.tail };
  return {
    ...child,
    name,
    title,
    firstLine: (find, limitMs) => findLine(child, find, limitMs),
    addressOf: (port) => `${engine.host}:${started.getMappedPort(port)}`,
    remove: async () => {
      await handle.remove({ force: true, v: true }).catch((error: unknown) => {
        if (!isGone(error)) throw error;
      });
      heard.close();
    },
  };
};
