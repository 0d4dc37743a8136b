/** Environment variables → configuration. Whatever is missing or wrong is reported at once, not one by one. */
import { type Config, timesFor } from './config.ts';
import type { Role } from './roles.ts';

/** What a process needs to know. */
export interface Environment {
  readonly databaseUrl: string;
  readonly host: string;
  /** The port of the first role; further roles in the same process take the ports after it (0 = any free one each). */
  readonly port: number;
  readonly config: Config;
}

const rolesOf: Readonly<Record<string, readonly Role[]>> = {
  DATABASE_URL: ['api', 'webhooks', 'provisioning', 'reconciliation'],
  API_TOKEN: ['api'],
  WEBHOOK_URL: ['api'],
  ALIPAY_GATEWAY_URL: ['api', 'reconciliation'],
  ALIPAY_APP_ID: ['api', 'webhooks', 'reconciliation'],
  ALIPAY_APP_PRIVATE_KEY: ['api', 'reconciliation'],
  ALIPAY_PUBLIC_KEY: ['api', 'webhooks', 'reconciliation'],
  ALIPAY_SELLER_ID: ['webhooks', 'reconciliation'],
  ALIBABA_CLOUD_URL: ['provisioning', 'reconciliation'],
  ALIBABA_CLOUD_ACCESS_KEY_ID: ['provisioning', 'reconciliation'],
  ALIBABA_CLOUD_ACCESS_KEY_SECRET: ['provisioning', 'reconciliation'],
};

/** The names of the variables that the role reads beside HOST, PORT and TIME_SCALE. */
export const variablesOf = (role: Role): readonly string[] =>
  Object.entries(rolesOf).flatMap(([name, users]) => (users.includes(role) ? [name] : []));

const urlNames = ['DATABASE_URL', 'WEBHOOK_URL', 'ALIPAY_GATEWAY_URL', 'ALIBABA_CLOUD_URL'];

type Variables = Readonly<Record<string, string | undefined>>;

const problemsIn = (variables: Variables, roles: readonly Role[]): string[] => {
  const problems: string[] = [];
  for (const [name, users] of Object.entries(rolesOf)) {
    if (!users.some((role) => roles.includes(role))) continue;
    const value = variables[name] ?? '';
    if (value === '') problems.push(`${name} is missing`);
    else if (urlNames.includes(name) && !URL.canParse(value)) problems.push(`${name} is not a URL`);
  }
  if (!/^\d{1,5}$/.test(variables.PORT ?? '0') || Number(variables.PORT ?? 0) > 65_535) {
    problems.push('PORT is not a port (0 to 65535, 0 = any free one)');
  }
  if (!(Number(variables.TIME_SCALE ?? 1) >= 1)) problems.push('TIME_SCALE is not a number from 1 up');
  return problems;
};

/** The configuration in variables that are known to be complete for the roles at hand. */
export const configIn = (variables: Variables): Config => {
  const named = (name: string): string => variables[name] ?? '';
  return {
    apiToken: named('API_TOKEN'),
    webhookUrl: named('WEBHOOK_URL'),
    alipay: {
      gatewayUrl: named('ALIPAY_GATEWAY_URL'),
      appId: named('ALIPAY_APP_ID'),
      appPrivateKey: named('ALIPAY_APP_PRIVATE_KEY'),
      alipayPublicKey: named('ALIPAY_PUBLIC_KEY'),
      sellerId: named('ALIPAY_SELLER_ID'),
    },
    cloud: {
      url: named('ALIBABA_CLOUD_URL'),
      accessKeyId: named('ALIBABA_CLOUD_ACCESS_KEY_ID'),
      accessKeySecret: named('ALIBABA_CLOUD_ACCESS_KEY_SECRET'),
    },
    times: timesFor(Number(variables.TIME_SCALE ?? 1)),
  };
};

/** The environment of a process that plays `roles`, or the list of what is wrong with the variables. */
export const environmentIn = (variables: Variables, roles: readonly Role[]): Environment | readonly string[] => {
  const problems = problemsIn(variables, roles);
  if (problems.length > 0) return problems;
  return {
    databaseUrl: variables.DATABASE_URL ?? '',
    host: variables.HOST ?? '127.0.0.1',
    port: Number(variables.PORT ?? 0),
    config: configIn(variables),
  };
};
