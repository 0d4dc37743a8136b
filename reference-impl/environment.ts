/** Environment variables → configuration. Whatever is missing or wrong is reported at once, not one by one. */
import { type CloudConfigs, type Config, type PaymentConfigs, timesFor } from './config.ts';
import { cloudIds, isCloudId } from './provisioning/cloud.ts';
import type { Role } from './roles.ts';

/** What a process needs to know. */
export interface Environment {
  readonly databaseUrl: string;
  readonly host: string;
  /** The port of the first role; further roles in the same process take the ports after it (0 = any free one each). */
  readonly port: number;
  readonly config: Config;
}

type Variables = Readonly<Record<string, string | undefined>>;

/** The roles that read each variable. */
type Readers = Readonly<Record<string, readonly Role[]>>;

const always: Readers = {
  DATABASE_URL: ['api', 'webhooks', 'provisioning', 'reconciliation'],
  API_TOKEN: ['api'],
  WEBHOOK_URL: ['api'],
};

const callers: readonly Role[] = ['api', 'reconciliation'];
const verifiers: readonly Role[] = ['webhooks', 'reconciliation'];
const granters: readonly Role[] = ['provisioning', 'reconciliation'];
const all: readonly Role[] = ['api', 'webhooks', 'reconciliation'];

/** A provider is served when one of its variables is set; then all are needed. */
interface Section<Issued> {
  readonly variables: Readers;
  configIn(named: (name: string) => string): Issued;
}

type Sections<Configs> = { readonly [Id in keyof Configs]-?: Section<NonNullable<Configs[Id]>> };

const payments: Sections<PaymentConfigs> = {
  alipay: {
    variables: {
      ALIPAY_GATEWAY_URL: callers,
      ALIPAY_APP_ID: all,
      ALIPAY_APP_PRIVATE_KEY: callers,
      ALIPAY_PUBLIC_KEY: all,
      ALIPAY_SELLER_ID: verifiers,
    },
    configIn: (named) => ({
      gatewayUrl: named('ALIPAY_GATEWAY_URL'),
      appId: named('ALIPAY_APP_ID'),
      appPrivateKey: named('ALIPAY_APP_PRIVATE_KEY'),
      alipayPublicKey: named('ALIPAY_PUBLIC_KEY'),
      sellerId: named('ALIPAY_SELLER_ID'),
    }),
  },
  stripe: {
    variables: { STRIPE_URL: callers, STRIPE_SECRET_KEY: callers, STRIPE_WEBHOOK_SECRET: verifiers },
    configIn: (named) => ({
      url: named('STRIPE_URL'),
      secretKey: named('STRIPE_SECRET_KEY'),
      webhookSecret: named('STRIPE_WEBHOOK_SECRET'),
    }),
  },
  'wechat-pay': {
    variables: {
      WECHAT_PAY_URL: callers,
      WECHAT_PAY_APP_ID: all,
      WECHAT_PAY_MERCHANT_ID: all,
      WECHAT_PAY_MERCHANT_SERIAL: callers,
      WECHAT_PAY_MERCHANT_PRIVATE_KEY: callers,
      WECHAT_PAY_API_V3_KEY: verifiers,
      WECHAT_PAY_PUBLIC_KEY_ID: all,
      WECHAT_PAY_PUBLIC_KEY: all,
    },
    configIn: (named) => ({
      url: named('WECHAT_PAY_URL'),
      appId: named('WECHAT_PAY_APP_ID'),
      merchantId: named('WECHAT_PAY_MERCHANT_ID'),
      merchantSerial: named('WECHAT_PAY_MERCHANT_SERIAL'),
      merchantPrivateKey: named('WECHAT_PAY_MERCHANT_PRIVATE_KEY'),
      apiV3Key: named('WECHAT_PAY_API_V3_KEY'),
      publicKeyId: named('WECHAT_PAY_PUBLIC_KEY_ID'),
      publicKey: named('WECHAT_PAY_PUBLIC_KEY'),
    }),
  },
};

const clouds: Sections<CloudConfigs> = {
  'alibaba-cloud': {
    variables: {
      ALIBABA_CLOUD_URL: granters,
      ALIBABA_CLOUD_ACCESS_KEY_ID: granters,
      ALIBABA_CLOUD_ACCESS_KEY_SECRET: granters,
    },
    configIn: (named) => ({
      url: named('ALIBABA_CLOUD_URL'),
      accessKeyId: named('ALIBABA_CLOUD_ACCESS_KEY_ID'),
      accessKeySecret: named('ALIBABA_CLOUD_ACCESS_KEY_SECRET'),
    }),
  },
  'huawei-cloud': {
    variables: {
      HUAWEI_CLOUD_URL: granters,
      HUAWEI_CLOUD_ACCESS_KEY: granters,
      HUAWEI_CLOUD_SECRET_KEY: granters,
      HUAWEI_CLOUD_DOMAIN_ID: granters,
    },
    configIn: (named) => ({
      url: named('HUAWEI_CLOUD_URL'),
      accessKey: named('HUAWEI_CLOUD_ACCESS_KEY'),
      secretKey: named('HUAWEI_CLOUD_SECRET_KEY'),
      domainId: named('HUAWEI_CLOUD_DOMAIN_ID'),
    }),
  },
  'tencent-cloud': {
    variables: {
      TENCENT_CLOUD_URL: granters,
      TENCENT_CLOUD_SECRET_ID: granters,
      TENCENT_CLOUD_SECRET_KEY: granters,
    },
    configIn: (named) => ({
      url: named('TENCENT_CLOUD_URL'),
      secretId: named('TENCENT_CLOUD_SECRET_ID'),
      secretKey: named('TENCENT_CLOUD_SECRET_KEY'),
    }),
  },
};

const optional: Readers = { CLOUDS: ['api'] };

/** The first is the one that is missed when no provider of its kind is served. */
const kinds: readonly (readonly Section<unknown>[])[] = [Object.values(payments), Object.values(clouds)];

const readers: Readers = Object.assign({}, always, optional, ...kinds.flat().map(({ variables }) => variables));

/** The names of the variables that the role may read beside HOST, PORT and TIME_SCALE. */
export const variablesOf = (role: Role): readonly string[] =>
  Object.entries(readers).flatMap(([name, roles]) => (roles.includes(role) ? [name] : []));

const isServed = ({ variables: names }: Section<unknown>, variables: Variables): boolean =>
  Object.keys(names).some((name) => (variables[name] ?? '') !== '');

/** What CLOUDS lists, with commas; the first known cloud when it says nothing. */
const offersIn = ({ CLOUDS = '' }: Variables): readonly string[] => {
  const listed = CLOUDS.split(',').map((name) => name.trim());
  return CLOUDS.trim() === '' ? cloudIds.slice(0, 1) : listed;
};

/** What the roles need, given the providers that are served. */
const neededBy = (roles: readonly Role[], variables: Variables): readonly string[] => {
  const sections = kinds.flatMap((kind) => {
    const served = kind.filter((section) => isServed(section, variables));
    return served.length > 0 ? served : kind.slice(0, 1);
  });
  return Object.entries(Object.assign({}, always, ...sections.map((section) => section.variables)) as Readers).flatMap(
    ([name, users]) => (users.some((role) => roles.includes(role)) ? [name] : []),
  );
};

const problemsIn = (variables: Variables, roles: readonly Role[]): string[] => {
  const problems: string[] = [];
  for (const name of neededBy(roles, variables)) {
    const value = variables[name] ?? '';
    if (value === '') problems.push(`${name} is missing`);
    else if (name.endsWith('_URL') && !URL.canParse(value)) problems.push(`${name} is not a URL`);
  }
  if (!/^\d{1,5}$/.test(variables.PORT ?? '0') || Number(variables.PORT ?? 0) > 65_535) {
    problems.push('PORT is not a port (0 to 65535, 0 = any free one)');
  }
  for (const offer of offersIn(variables)) {
    if (!isCloudId(offer)) problems.push(`CLOUDS names "${offer}"; known: ${cloudIds.join(', ')}`);
  }
  if (!(Number(variables.TIME_SCALE ?? 1) >= 1)) problems.push('TIME_SCALE is not a number from 1 up');
  return problems;
};

const servedIn = <Configs>(sections: Sections<Configs>, variables: Variables): Configs =>
  Object.fromEntries(
    Object.entries<Section<unknown>>(sections)
      .filter(([, section]) => isServed(section, variables))
      .map(([id, { configIn: read }]) => [id, read((name) => variables[name] ?? '')]),
  ) as Configs;

/** The configuration in variables that are known to be complete for the roles at hand. */
export const configIn = (variables: Variables): Config => ({
  apiToken: variables.API_TOKEN ?? '',
  webhookUrl: variables.WEBHOOK_URL ?? '',
  payments: servedIn(payments, variables),
  clouds: servedIn(clouds, variables),
  offers: offersIn(variables).filter(isCloudId),
  times: timesFor(Number(variables.TIME_SCALE ?? 1)),
});

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
