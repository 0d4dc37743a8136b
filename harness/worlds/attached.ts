/** The world of a system that somebody has started, with mocks and Toxiproxy around it; what is there stays. */
import { type Attachment, attachmentProblems, productionSigns } from '../attachment.ts';
import { systemClock } from '../clock.ts';
import { containerErrors } from '../container-errors.ts';
import { errors } from '../errors.ts';
import { remoteErrors } from '../remote-errors.ts';
import type { Target } from '../target.ts';
import { type Assignment, defineWorld, type OpenWorld, type RunningWorld } from '../world.ts';
import { claimed, ownPart } from './attached/tenant.ts';
import { countedBy } from './containers/toxiproxy.ts';
import { openLedger } from './embedded/ledger.ts';
import { aliasesIn, userOnLink } from './embedded/link-names.ts';
import { createLinks } from './embedded/links.ts';
import { requester } from './embedded/requester.ts';
import { openSql, type Sql } from './embedded/sql.ts';
import { openRemoteMocks } from './remote/remote-mocks.ts';

/** Refuses what cannot be used, and what may be production. */
const checked = (attachment: Attachment | undefined, { roles }: Pick<Target, 'roles'>): Attachment => {
  if (attachment === undefined) throw errors.badConfig('topple.config', ['it exports no `attachment`']);
  const signs = productionSigns(attachment);
  if (signs.length > 0) throw remoteErrors.soundsLikeProduction(signs);
  const problems = attachmentProblems(attachment, roles);
  if (problems.length > 0) throw errors.badConfig('topple.config', problems);
  return attachment;
};

/** The view of all sessions, by a login that cannot write whatever its rights are. */
const openSessions = (sessionsUrl: string): Sql => {
  const url = new URL(sessionsUrl);
  url.searchParams.set('options', '-c default_transaction_read_only=on');
  return openSql(url.href);
};

const start = async (attachment: Attachment, prefix: string, run: Assignment): Promise<RunningWorld> => {
  const { apiUrl, mockUrls, toxiproxyUrl, metricsUrls, ledgerUrl, sessionsUrl, timeScale } = attachment;
  const { target, providers, elsewhere } = run;
  const missing = providers.find(({ id }) => mockUrls[id] === undefined);
  if (missing !== undefined)
    throw containerErrors.cannotHost('attached', `attachment.mockUrls names no mock of ${missing.id}`);
  const sessions = openSessions(sessionsUrl);
  const counted = countedBy({ userOn: userOnLink(target), query: sessions.query });
  const links = createLinks({ url: toxiproxyUrl, ...counted }, aliasesIn(target));
  const ledger = openLedger(target, ledgerUrl);
  const readLedger = async () => ownPart(await ledger.read(), prefix);
  const close = async (): Promise<void> => {
    await ledger.close();
    await sessions.close();
  };
  try {
    await links.adopt().catch((cause: unknown) => {
      throw remoteErrors.notReached('toxiproxyUrl', toxiproxyUrl, cause);
    });
    await links.removeToxics(); // refuses when somebody else's are there
    await readLedger().catch((cause: unknown) => {
      throw remoteErrors.notReached('ledgerUrl', ledgerUrl.replace(/\/\/.*@/, '//'), cause);
    });
    const mocks = await openRemoteMocks(mockUrls, providers, elsewhere, (id) => attachment.webhookUrls?.[id]);
    return {
      ...mocks,
      links: links.names,
      timeScale,
      request: requester(() => apiUrl),
      addToxic: links.addToxic,
      removeToxic: links.removeToxic,
      removeToxics: links.removeToxics,
      hits: links.hits,
      strike: (process) => {
        throw containerErrors.cannotHost('attached', `${process} is not topple's to strike`);
      },
      metrics: target.roles.map((role) => ({ instance: role, url: metricsUrls[role] ?? '' })),
      readLedger,
      asSuperuser: sessions.query, // which reads; `isGuest` keeps from the rest
      logs: () => ({}),
      ended: () => [],
      stop: async () => {
        try {
          await Promise.all([links.removeToxics(), mocks.disarm()]);
        } finally {
          await close();
        }
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
};

/** Runs come one after the other: the mocks know one at a time. */
const openOn = (attachment: Attachment): OpenWorld => {
  const session = systemClock.nowMs().toString(36);
  let runs = 0;
  let isTaken = false;
  const prefix = (): string => `${attachment.tenants[0]}${session}-${runs}-`;
  return {
    claim: (traffic) => {
      runs += 1;
      return claimed(traffic, prefix());
    },
    start: async (assignment) => {
      if (isTaken) throw containerErrors.cannotHost('attached', 'it has one run at a time');
      isTaken = true;
      const free = (): void => {
        isTaken = false;
      };
      const running = await start(attachment, prefix(), assignment).catch((error: unknown) => {
        free();
        throw error;
      });
      return { ...running, stop: () => running.stop().finally(free) };
    },
    close: async () => undefined,
  };
};

/** The world `attached`. */
export const attached = defineWorld({
  id: 'attached',
  summary: 'A system that is running already, by addresses in the config; never production, one tenant of it.',
  isGuest: true,
  runsAtOnceMax: 1,
  cannotHost: ({ target, scenario, variant, knownFaults }) => {
    if (variant !== undefined) return `the system is there already, and ${variant} is chosen when it is started`;
    const unfit = scenario.faults.find(
      ({ fault }) =>
        fault.layer === 'process' ||
        fault.hitsInLedger !== undefined ||
        (fault.layer === 'provider' && !knownFaults.some(({ inject }) => inject === fault.inject)),
    );
    return unfit && `${unfit.fault.id} needs more of ${target.id} than its addresses`;
  },
  open: async (_doors, { target, attachment }) => openOn(checked(attachment, target)),
});
