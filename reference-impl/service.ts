/**
 * The top-up service: order → webhook → ledger credit → cloud grant → reconciliation. One instance plays one role;
 * four roles, four processes, four database users, each with the rights of its own step.
 */
import type { Config } from './config.ts';
import { createApi } from './orders/api.ts';
import { type Parts, soundParts } from './parts.ts';
import type { Ports } from './ports.ts';
import { createProvisioning } from './provisioning/provisioning.ts';
import { createReconciliation } from './reconciliation/reconciliation.ts';
import type { Role } from './roles.ts';
import { type Count, countersFor } from './telemetry/counters.ts';
import { gaugesIn, type Show } from './telemetry/gauges.ts';
import { createWebhooks } from './webhooks/webhooks.ts';

/** Background work. The caller owns the loop: `run` again at once while `did` > 0, else after `everyMs`. */
export interface Job {
  readonly name: string;
  readonly everyMs: number;
  run(): Promise<{ did: number }>;
}

/** A role in operation. */
export interface TopUpService {
  fetch(request: Request): Promise<Response>;
  readonly jobs: readonly Job[];
}

/** What a role is composed from. */
export interface RoleParts {
  readonly config: Config;
  readonly ports: Ports;
  readonly parts: Parts;
  readonly count: Count;
  readonly show: Show;
}

const roles: Readonly<Record<Role, (parts: RoleParts) => TopUpService>> = {
  api: createApi,
  webhooks: createWebhooks,
  provisioning: createProvisioning,
  reconciliation: createReconciliation,
};

/** Composes one role; throws when `config` lacks a section that it needs. */
export const createTopUpService = (options: {
  role: Role;
  config: Config;
  ports: Ports;
  parts?: Parts;
}): TopUpService => {
  const { role, config, ports, parts = soundParts } = options;
  return roles[role]({ config, ports, parts, count: countersFor(role, ports.metrics), show: gaugesIn(ports.metrics) });
};
