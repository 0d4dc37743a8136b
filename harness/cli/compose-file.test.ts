import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseEnv } from 'node:util';
import { expect, onTestFinished, test, vi } from 'vitest';
import { parse } from 'yaml';
import { serveMocks } from '#mocks/serve';
import { findProgram } from '../binaries/find.ts';
import { systemClock } from '../clock.ts';
import { randomFrom } from '../seed.ts';
import { findEngine } from '../worlds/containers/engine.ts';
import { loadTarget } from './load-config.ts';
import { topple } from './test-cli.ts';

vi.setConfig({ testTimeout: 240_000 });

const root = fileURLToPath(new URL('../../', import.meta.url));
const text = readFileSync(`${root}docker-compose.yml`, 'utf8');

interface Service {
  readonly image: string;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly read_only?: boolean;
  readonly mem_limit?: string;
  readonly pids_limit?: number;
  readonly cpus?: number;
  readonly ports?: readonly string[];
  readonly command?: readonly string[];
}

const { services, 'x-role-environment': given } = parse(text, { merge: true }) as {
  readonly services: Readonly<Record<string, Service>>;
  readonly 'x-role-environment': Readonly<Record<string, string>>;
};

/** As a provider is called in the names of variables. */
const variableOf = (id: string): string => id.toUpperCase().replaceAll('-', '_');

test.each(Object.entries(services))('%s is hardened, and its image can be another one', (_, service) => {
  expect(service).toMatchObject({ cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'], read_only: true });
  expect([service.mem_limit, service.pids_limit, service.cpus]).not.toContain(undefined);
  expect(service.image).toMatch(/^\$\{TOPPLE_IMAGE_[A-Z]+:-[a-z./-]+:[\w.]+\}$/);
});

test('every port is on loopback, can be another one, and says what it is for', () => {
  const ports = Object.values(services).flatMap(({ ports = [] }) => ports);
  const commented = text.match(/^ +- 127\.0\.0\.1:\$\{TOPPLE_PORT_[A-Z_]+:-\d+\}:\d+ # \S.*$/gm) ?? [];
  expect(commented).toHaveLength(ports.length);
  const examples = readFileSync(`${root}.env.example`, 'utf8');
  const named = [...text.matchAll(/\$\{(TOPPLE_\w+):-/g)].map(([, name = '']) => name);
  expect([...new Set(named)].filter((name) => !examples.includes(`#${name}=`))).toEqual([]);
});

test('the roles are given what the mocks issue, each mock at its own port', async () => {
  const served = services.mocks?.command?.at(-1)?.split(',') ?? [];
  expect(services.mocks?.ports?.map((port) => /_PORT_(\w+)/.exec(port)?.[1])).toEqual(served.map(variableOf));
  const mocks = await serveMocks({ clock: systemClock, wall: systemClock, random: randomFrom(1), only: served });
  onTestFinished(() => mocks.close());
  const { roles, container } = await loadTarget(root);
  const byId = <Value>(tell: (id: string) => Value) => Object.fromEntries(served.map((id) => [id, tell(id)]));
  const wiring = {
    databaseUrl: '',
    providerUrls: byId(() => 'http://mock.test'),
    providerIdentities: byId((id) => mocks.description.providers[id]?.identity ?? {}),
    webhookUrl: '',
    webhookUrls: {},
    timeScale: 1,
  };
  const told = Object.assign({}, ...roles.map((role) => container?.environmentFor(role, wiring)));
  const others = [...Object.keys(given), 'DATABASE_URL', 'HOST', 'PORT'];
  const issued = Object.fromEntries(Object.entries(told).filter(([name]) => !others.includes(name)));
  expect({ ...parseEnv(readFileSync(`${root}compose/test-identity.env`, 'utf8')) }).toEqual(issued);
});

test('docker compose brings all up healthy, a scenario runs against it, and nothing is left', async (context) => {
  const [engine, program] = [await findEngine(), await findProgram('docker-compose')];
  if ('reason' in engine) return context.skip(engine.reason);
  if (program.path === undefined) return context.skip(program.reason);
  const own = Object.values(services).filter(({ image }) => image.includes(':local'));
  for (const [, name = ''] of own.map(({ image }) => /:-(.*)\}$/.exec(image) ?? [])) {
    const found = await engine.api
      .getImage(name)
      .inspect()
      .catch(() => undefined);
    if (found === undefined) return context.skip(`the engine has no ${name}: \`npm run images:local\` builds it`);
  }
  const project = `topple-test-${process.pid}`;
  const ports = [...text.matchAll(/\$\{(TOPPLE_PORT_\w+):-/g)].map(([, name = '']) => [name, '0']);
  const env = { ...process.env, ...Object.fromEntries(ports) };
  const compose = (...args: readonly string[]) =>
    new Promise<{ readonly code: number; readonly said: string }>((resolve) => {
      const all = ['--project-name', project, '--project-directory', root, ...args];
      execFile(program.path, all, { env }, (error, stdout, stderr) =>
        resolve({ code: error === null ? 0 : Number(error.code ?? -1), said: stdout + stderr }),
      );
    });
  const labelled = { filters: JSON.stringify({ label: [`com.docker.compose.project=${project}`] }) };
  const there = async () => ({
    containers: (await engine.api.listContainers({ all: true, ...labelled })).length,
    networks: (await engine.api.listNetworks(labelled)).length,
    volumes: (await engine.api.listVolumes(labelled)).Volumes?.length ?? 0,
  });
  try {
    expect(await compose('up', '--wait')).toMatchObject({ code: 0 });
    const { said } = await compose('port', 'api', '8080');
    expect((await fetch(`http://${said.trim()}/readyz`)).status).toBe(200);
    expect((await there()).containers).toBe(9);
    const taken = await Promise.all(
      [...text.matchAll(/\$\{(TOPPLE_PORT_\w+):-\d+\}:(\d+)/g)].map(async ([, name = '', inside = '']) => {
        const service = Object.keys(services).find((one) => services[one]?.ports?.some((port) => port.includes(name)));
        const published = service === 'grafana' ? '' : (await compose('port', service ?? '', inside)).said;
        return [name, published.trim().split(':').at(-1) ?? ''];
      }),
    );
    Object.assign(process.env, Object.fromEntries(taken.filter(([, port]) => port !== '')));
    // The first has a toxic, the second goes over every provider.
    for (const scenario of ['concurrent-top-ups', 'every-pair']) {
      const ran = await topple(root, 'run', scenario, '--world', 'attached', '--json');
      expect({ scenario, code: ran.code, said: ran.stderr }).toMatchObject({ scenario, code: 0 });
      const { finding, world, reasons } = JSON.parse(ran.stdout.trim().split('\n').at(-1) ?? '');
      expect({ finding, world, reasons }).toEqual({ finding: 'holds', world: 'attached', reasons: [] });
    }
  } finally {
    await compose('down', '--timeout', '3');
  }
  expect(await there()).toEqual({ containers: 0, networks: 0, volumes: 0 });
});
