/** The processes that the service consists of, each with a database user and rights of its own. */
export const roleNames = ['api', 'webhooks', 'provisioning', 'reconciliation'] as const;

/** One of the processes. */
export type Role = (typeof roleNames)[number];
