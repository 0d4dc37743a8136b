/** The mocks on their own: every provider on a port, with control routes, until closed. */
import type { Clock } from '#harness/clock';
import type { Random } from '#harness/seed';
import { withBehaviours } from './behaviours/routes.ts';
import { openBehaviours } from './behaviours/site.ts';
import { withControl } from './doors/control.ts';
import { postWebhook } from './doors/post-webhook.ts';
import { openSocketDoor } from './doors/socket.ts';
import { toldSite } from './doors/told-run.ts';
import { providers } from './index.ts';

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
}

/** What a client needs, as JSON: the base URL of each provider and what that provider issued to it. */
export interface MocksDescription {
  readonly providers: Readonly<Record<string, { url: string; identity: Readonly<Record<string, string>> }>>;
}

/** Mocks in operation. */
export interface ServedMocks {
  readonly description: MocksDescription;
  close(): Promise<void>;
}

/** Opens all that are asked for, or none: throws `port-taken` or `unreadable-key` with everything closed again. */
export const serveMocks = async (options: ServeOptions): Promise<ServedMocks> => {
  const { port = 0, host = '127.0.0.1', keysDir, only, clock, wall, random } = options;
  const ports = { clock, wall, random, deliver: postWebhook(wall), ...(keysDir && { keysDir }) };
  const described: Record<string, { url: string; identity: Readonly<Record<string, string>> }> = {};
  const description = { providers: described };
  const closers: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(closers.map((closeOne) => closeOne()));
  };

  try {
    const served = Object.values(providers).filter(({ id }) => only?.includes(id) ?? true);
    for (const [index, provider] of served.entries()) {
      const told = toldSite(provider.id);
      const behaviours = openBehaviours(told.site);
      const mock = provider.open({ ...ports, site: behaviours.site });
      const open = told.withRuns(withBehaviours(withControl(mock, description), behaviours));
      const door = await openSocketDoor(open, { host, port: port === 0 ? 0 : port + index });
      closers.push(async () => {
        open.stop();
        await door.close();
      });
      described[provider.id] = { url: door.url, identity: open.identity };
    }
  } catch (error) {
    await close();
    throw error;
  }
  return { description, close };
};
