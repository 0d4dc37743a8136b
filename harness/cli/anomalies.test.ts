/** Classes that no defect of the reference service shows, because its database refuses them: it is led astray here. */
import { expect, test } from 'vitest';
import { openExploration, runSeed } from '../explore/exploration.ts';
import { anomaliesOf } from '../run/audit.ts';
import type { InProcessPorts, InProcessRole, Target } from '../target.ts';
import { loadProject } from './load-config.ts';
import { scenarioCalled } from './lookup.ts';

const project = await loadProject(process.cwd());

/** Changes the role `name`, in each of its lives. */
const withRole = (name: string, change: (role: InProcessRole, ports: InProcessPorts) => InProcessRole): Target => ({
  ...project.target,
  inProcess: async (role, wiring, ports, variant) => {
    const composed = await project.target.inProcess?.(role, wiring, ports, variant);
    if (composed === undefined) throw new Error('the reference service runs in process');
    return role === name ? change(composed, ports) : composed;
  },
});

/** A job that takes a connection, begins, and never gives it back. */
const leaking = (role: InProcessRole, { db }: InProcessPorts): InProcessRole => {
  let isHeld = false;
  const run = async () => {
    if (isHeld) return { did: 0 };
    const client = await db.connect();
    isHeld = await client.query('begin').then(
      () => true,
      () => false,
    );
    if (!isHeld) client.release();
    return { did: 0 };
  };
  return { ...role, jobs: [...role.jobs, { name: 'leak', everyMs: 60_000, run }] };
};

/** Does what a webhook asks for, and always answers as if it could not. */
const refusing = (role: InProcessRole): InProcessRole => ({
  ...role,
  fetch: async (request) => {
    await role.fetch(request);
    return new Response('done already', { status: 500 });
  },
});

/** Forgets the key of the first order that it makes, and does not answer. */
const forgetful = (role: InProcessRole): InProcessRole => {
  let isFirst = true;
  return {
    ...role,
    fetch: async (request) => {
      if (!isFirst || request.method !== 'POST') return role.fetch(request);
      isFirst = false;
      const headers = new Headers(request.headers);
      headers.set('idempotency-key', 'forgotten');
      await role.fetch(new Request(request.url, { method: 'POST', headers, body: await request.text() }));
      return new Response('', { status: 503 });
    },
  };
};

test.each([
  {
    id: 'X4',
    what: 'a connection is not given back',
    target: withRole('api', leaking),
    breaks: ['no-open-transactions'],
  },
  {
    id: 'C7',
    what: 'webhooks are refused',
    target: withRole('webhooks', refusing),
    breaks: ['acknowledged-webhooks', 'not-at-rest'],
  },
  {
    id: 'K3',
    what: 'a key is not stored with its order',
    target: withRole('api', forgetful),
    breaks: ['no-double-charge'],
  },
])(
  '$id, and nothing else, when $what',
  async ({ id, target, breaks }) => {
    const { invariants } = project;
    const scenario = scenarioCalled(project, 'duplicate-webhooks');
    const exploration = await openExploration({ target, invariants, scenario, settings: [] });
    try {
      const { outcome } = await runSeed(exploration, 1);
      expect(outcome.fingerprint).toEqual(breaks);
      expect(anomaliesOf(outcome.audits)).toEqual([id]);
    } finally {
      await exploration.close();
    }
  },
  180_000,
);
