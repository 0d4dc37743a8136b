/** What the service's own tests compose clients and jobs from, without a role around them. */
import { Registry } from 'prom-client';
import { soundParts } from './parts.ts';
import type { Ports } from './ports.ts';
import type { Role } from './roles.ts';
import type { RoleParts } from './service.ts';
import { countersFor } from './telemetry/counters.ts';
import { gaugesIn } from './telemetry/gauges.ts';
import { testConfig } from './test-world.ts';

/** The parts of the role `name`, with these sections in its configuration; nobody reads its metrics. */
export const testRole = (name: Role, ports: Ports, sections: Partial<RoleParts['config']> = {}): RoleParts => {
  const registry = new Registry();
  const [count, show] = [countersFor(name, registry), gaugesIn(registry)];
  return { config: { ...testConfig, ...sections }, ports, parts: soundParts, count, show };
};
