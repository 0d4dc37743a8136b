/**
 * The process: `main.ts --role api|webhooks|provisioning|reconciliation|all [--defect ID]`, or `main.ts --migrate
 * [--defect ID]` with DATABASE_URL as the owner of the database. Exit code 2 when it cannot be started like this.
 */
import { parseArgs } from 'node:util';
import { jsonLog, listen, openPool, realPorts } from './bind.ts';
import { migrate, migrations } from './db/migrate.ts';
import { type Environment, environmentIn } from './environment.ts';
import { type Parts, soundParts } from './parts.ts';
import { errorText } from './resilience/error-text.ts';
import { type Role, roleNames } from './roles.ts';
import { createTopUpService } from './service.ts';

const log = jsonLog('main');

const leave = (problems: readonly string[]): never => {
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  process.exit(2);
};

/** Parts and migration overlay of a defect; images are built without them, so they are loaded on demand. */
const variantNamed = async (id: string | undefined): Promise<{ parts: Parts; overlay?: URL }> => {
  if (id === undefined) return { parts: soundParts };
  const { variants } = await import('./defects/index.ts');
  const variant = variants.find((candidate) => candidate.id === id);
  return variant ?? leave([`there is no defect "${id}"; known: ${variants.map((known) => known.id).join(', ')}`]);
};

const start = async (
  role: Role,
  index: number,
  { databaseUrl, host, port, config }: Environment,
  parts: Parts,
  running: (() => Promise<void>)[],
): Promise<void> => {
  const { ports, close } = realPorts(role, databaseUrl);
  const service = createTopUpService({ role, config, ports, parts });
  const listening = await listen(service, ports.log, port === 0 ? 0 : port + index, host);
  running.push(async () => {
    await listening.stop();
    void close();
  });
  ports.log.info({ port: listening.port }, 'listening');
};

const migrateDatabase = async (overlay: URL | undefined): Promise<void> => {
  const pool = openPool(process.env.DATABASE_URL ?? leave(['DATABASE_URL is missing']), 'postgres', log);
  const client = await pool.connect();
  const applied = await migrate(client, migrations(overlay));
  client.release();
  await pool.end();
  log.info({ applied: applied.length }, 'database is current');
};

const argumentsGiven = () => {
  try {
    return parseArgs({
      options: { role: { type: 'string' }, defect: { type: 'string' }, migrate: { type: 'boolean' } },
    }).values;
  } catch (error) {
    return leave([errorText(error)]);
  }
};

/** Ends whatever runs by then, cleanly, at the first signal. */
const stopOnSignal = (running: (() => Promise<void>)[]): void => {
  const stop = async () => {
    await Promise.all(running.map((stopOne) => stopOne()));
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop());
};

const run = async (): Promise<void> => {
  const values = argumentsGiven();
  const { parts, overlay } = await variantNamed(values.defect);
  if (values.migrate) return migrateDatabase(overlay);
  const roles = values.role === 'all' ? roleNames : roleNames.filter((role) => role === values.role);
  if (roles.length === 0) leave([`--role is one of ${roleNames.join(', ')}, all`]);
  const environment = environmentIn(process.env, roles);
  if (!('config' in environment)) return leave(environment);
  const running: (() => Promise<void>)[] = [];
  stopOnSignal(running);
  for (const [index, role] of roles.entries()) await start(role, index, environment, parts, running);
};

run().catch((error: unknown) => {
  log.error({ error: errorText(error) }, 'cannot run');
  process.exit(2);
});
