/** How a system that is already running is met; `topple.config` exports one as `attachment`. */

/** Addresses and limits. Base URLs have no trailing slash. */
export interface Attachment {
  /** What people call the place, in a few words; what sounds like production is refused. */
  readonly environment: string;
  /** Beginnings of wallet names that runs may use; a run has its own below the first, and looks at no other wallet. */
  readonly tenants: readonly string[];
  /** The role that answers customers. */
  readonly apiUrl: string;
  /** The mocks that the system pays and grants at, by provider id, on loopback: `topple mocks`. */
  readonly mockUrls: Readonly<Record<string, string>>;
  /** Where its webhooks go, as the mock meets it, of each provider that is told that once (`Target.webhookPaths`). */
  readonly webhookUrls?: Readonly<Record<string, string>>;
  /** The API of the Toxiproxy whose proxies are the system's links, on loopback; named as in the other worlds. */
  readonly toxiproxyUrl: string;
  /** `/metrics` of each role. */
  readonly metricsUrls: Readonly<Record<string, string>>;
  /** `postgres://…` of a user who can read the ledger and write nothing. */
  readonly ledgerUrl: string;
  /**
   * `postgres://…` of a user who may see all sessions (`pg_read_all_stats`): they tell what toxics on links to the
   * database touched, and whether the system is at rest. Every transaction there is read-only.
   */
  readonly sessionsUrl: string;
  /** How many times faster than production the system and the mocks run. */
  readonly timeScale: number;
}

const production = /prod|prd|live/i;
/** Words of every shop that sound like it and say nothing of it; whatever else sounds like it is refused. */
const harmless = /deliver(y|ies|ed|er|s)?(?![a-z])|products?(?![a-z])|reproduc\w*|(?<![a-z])alive(?![a-z])/gi;
const tenantForm = /^[A-Za-z0-9_-]{3,16}$/;

const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).hostname : '');
const isLoopback = (url: string): boolean => /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostOf(url));

const urlsOf = (attachment: Attachment): readonly (readonly [place: string, url: string])[] => {
  const { apiUrl, mockUrls, webhookUrls, toxiproxyUrl, metricsUrls, ledgerUrl, sessionsUrl } = attachment;
  return [
    ['apiUrl', apiUrl],
    ['toxiproxyUrl', toxiproxyUrl],
    ['ledgerUrl', ledgerUrl],
    ['sessionsUrl', sessionsUrl],
    ...Object.entries(mockUrls ?? {}).map(([id, url]) => [`mockUrls.${id}`, url] as const),
    ...Object.entries(webhookUrls ?? {}).map(([id, url]) => [`webhookUrls.${id}`, url] as const),
    ...Object.entries(metricsUrls ?? {}).map(([role, url]) => [`metricsUrls.${role}`, url] as const),
  ];
};

/** What sounds like production in it, each with its place: the environment, host names, names of databases. */
export const productionSigns = (attachment: Attachment): readonly string[] => {
  const named = urlsOf(attachment).flatMap(([place, url]) =>
    URL.canParse(url) ? [[place, `${new URL(url).hostname}${new URL(url).pathname}`] as const] : [],
  );
  return [['environment', attachment.environment] as const, ...named]
    .filter(([, text]) => production.test(text.replace(harmless, '')))
    .map(([place, text]) => `${place} is "${text}"`);
};

/** Every problem of what a config exports, for a system with these `roles`; none if it can be used. */
export const attachmentProblems = (attachment: Attachment, roles: readonly string[]): readonly string[] => {
  const { environment, tenants, mockUrls, toxiproxyUrl, metricsUrls, timeScale } = attachment;
  const mocks = Object.entries(mockUrls ?? {}).map(([id, url]) => [`mockUrls.${id}`, url] as const);
  const controls = [['toxiproxyUrl', toxiproxyUrl] as const, ...mocks];
  const isList = Array.isArray(tenants) && tenants.length > 0;
  return [
    ...(typeof environment === 'string' && environment.trim() !== '' ? [] : ['environment is not a text']),
    ...(isList && tenants.every((tenant) => tenantForm.test(tenant))
      ? []
      : ['tenants is not a list of 3 to 16 letters, digits, _ or - each']),
    ...urlsOf(attachment).flatMap(([place, url]) => (URL.canParse(url) ? [] : [`${place} is not a URL`])),
    ...controls.flatMap(([place, url]) =>
      URL.canParse(url) && !isLoopback(url) ? [`${place} is not on loopback: it changes what the system meets`] : [],
    ),
    ...roles.flatMap((role) => (metricsUrls?.[role] === undefined ? [`metricsUrls.${role} is missing`] : [])),
    ...(Number(timeScale) >= 1 ? [] : ['timeScale is not a number from 1 up']),
  ].map((problem) => `attachment.${problem}`);
};
