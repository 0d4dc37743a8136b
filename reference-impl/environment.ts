/** Environment variables → configuration. Whatever is missing or wrong is reported at once, not one by one. */
import { type CloudConfigs, type Config, type PaymentConfigs, timesFor } from './config.ts';
import { paymentProviders } from './payments/payment-client.ts';
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
const callersAndVerifiers: readonly Role[] = ['api', 'webhooks', 'reconciliation'];
/** Whoever reads our accounts. */
const sweepers: readonly Role[] = ['reconciliation'];
const granters: readonly Role[] = ['provisioning', 'reconciliation'];

/** For each field of what a provider issued: the variable that holds it, and the roles that read that. */
type Section<Issued> = { readonly [Field in keyof Issued]: readonly [variable: string, roles: readonly Role[]] };
type AnySection = Section<Readonly<Record<string, string>>>;

/** A provider is served when one of its variables is set; then all are needed. */
type Sections<Configs> = { readonly [Id in keyof Configs]-?: Section<NonNullable<Configs[Id]>> };

const payments: Sections<PaymentConfigs> = {
  alipay: {
    gatewayUrl: ['ALIPAY_GATEWAY_URL', callers],
    appId: ['ALIPAY_APP_ID', callersAndVerifiers],
    appPrivateKey: ['ALIPAY_APP_PRIVATE_KEY', callers],
    alipayPublicKey: ['ALIPAY_PUBLIC_KEY', callersAndVerifiers],
    sellerId: ['ALIPAY_SELLER_ID', verifiers],
  },
  'bank-transfer': {
    url: ['BANK_URL', sweepers],
    clientKeyId: ['BANK_CLIENT_KEY_ID', sweepers],
    clientPrivateKey: ['BANK_CLIENT_PRIVATE_KEY', sweepers],
    bankKeyId: ['BANK_KEY_ID', verifiers],
    bankPublicKey: ['BANK_PUBLIC_KEY', verifiers],
    ibanCNY: ['BANK_IBAN_CNY', callersAndVerifiers],
    ibanUSD: ['BANK_IBAN_USD', callersAndVerifiers],
  },
  'standard-webhooks': {
    url: ['STANDARD_WEBHOOKS_URL', callers],
    apiKey: ['STANDARD_WEBHOOKS_API_KEY', callers],
    merchantId: ['STANDARD_WEBHOOKS_MERCHANT_ID', callersAndVerifiers],
    webhookSecret: ['STANDARD_WEBHOOKS_SECRET', verifiers],
  },
  stripe: {
    url: ['STRIPE_URL', callers],
    secretKey: ['STRIPE_SECRET_KEY', callers],
    webhookSecret: ['STRIPE_WEBHOOK_SECRET', verifiers],
  },
  'wechat-pay': {
    url: ['WECHAT_PAY_URL', callers],
    appId: ['WECHAT_PAY_APP_ID', callersAndVerifiers],
    merchantId: ['WECHAT_PAY_MERCHANT_ID', callersAndVerifiers],
    merchantSerial: ['WECHAT_PAY_MERCHANT_SERIAL', callers],
    merchantPrivateKey: ['WECHAT_PAY_MERCHANT_PRIVATE_KEY', callers],
    apiV3Key: ['WECHAT_PAY_API_V3_KEY', verifiers],
    publicKeyId: ['WECHAT_PAY_PUBLIC_KEY_ID', callersAndVerifiers],
    publicKey: ['WECHAT_PAY_PUBLIC_KEY', callersAndVerifiers],
  },
};

const clouds: Sections<CloudConfigs> = {
  'alibaba-cloud': {
    url: ['ALIBABA_CLOUD_URL', granters],
    accessKeyId: ['ALIBABA_CLOUD_ACCESS_KEY_ID', granters],
    accessKeySecret: ['ALIBABA_CLOUD_ACCESS_KEY_SECRET', granters],
  },
  'huawei-cloud': {
    url: ['HUAWEI_CLOUD_URL', granters],
    accessKey: ['HUAWEI_CLOUD_ACCESS_KEY', granters],
    secretKey: ['HUAWEI_CLOUD_SECRET_KEY', granters],
    domainId: ['HUAWEI_CLOUD_DOMAIN_ID', granters],
  },
  'tencent-cloud': {
    url: ['TENCENT_CLOUD_URL', granters],
    secretId: ['TENCENT_CLOUD_SECRET_ID', granters],
    secretKey: ['TENCENT_CLOUD_SECRET_KEY', granters],
  },
};

/** The variable that holds where one provider reaches us, if that is not WEBHOOK_URL. */
export const webhookUrlName = (provider: string): string =>
  `${provider.toUpperCase().replaceAll('-', '_')}_WEBHOOK_URL`;

const optional: Readers = {
  CLOUDS: ['api'],
  ...Object.fromEntries(paymentProviders.map((provider) => [webhookUrlName(provider), ['api']])),
};

/** Of each kind the first is missed when none is served. */
const kinds: readonly (readonly AnySection[])[] = [Object.values(payments), Object.values(clouds)];

/** `always`, and the variables of these sections. */
const readersOf = (sections: readonly AnySection[]): Readers => ({
  ...always,
  ...Object.fromEntries(sections.flatMap((section) => Object.values(section))),
});

const readers: Readers = { ...readersOf(kinds.flat()), ...optional };

/** The names of the variables that the role may read beside HOST, PORT and TIME_SCALE. */
export const variablesOf = (role: Role): readonly string[] =>
  Object.entries(readers).flatMap(([name, roles]) => (roles.includes(role) ? [name] : []));

const isServed = (section: AnySection, variables: Variables): boolean =>
  Object.values(section).some(([name]) => (variables[name] ?? '') !== '');

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
  return Object.entries(readersOf(sections)).flatMap(([name, users]) =>
    users.some((role) => roles.includes(role)) ? [name] : [],
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
  for (const [provider, url] of Object.entries(webhookUrlsIn(variables))) {
    if (!URL.canParse(url)) problems.push(`${webhookUrlName(provider)} is not a URL`);
  }
  for (const offer of offersIn(variables)) {
    if (!isCloudId(offer)) problems.push(`CLOUDS names "${offer}"; known: ${cloudIds.join(', ')}`);
  }
  if (!(Number(variables.TIME_SCALE ?? 1) >= 1)) problems.push('TIME_SCALE is not a number from 1 up');
  return problems;
};

/** The providers that come another way than by WEBHOOK_URL. */
const webhookUrlsIn = (variables: Variables): Config['webhookUrls'] =>
  Object.fromEntries(
    paymentProviders.flatMap((provider) => {
      const url = variables[webhookUrlName(provider)] ?? '';
      return url === '' ? [] : [[provider, url]];
    }),
  );

const issuedIn = (section: AnySection, variables: Variables) =>
  Object.fromEntries(Object.entries(section).map(([field, [name]]) => [field, variables[name] ?? '']));

const servedIn = <Configs>(sections: Sections<Configs>, variables: Variables): Configs =>
  Object.fromEntries(
    Object.entries<AnySection>(sections)
      .filter(([, section]) => isServed(section, variables))
      .map(([id, section]) => [id, issuedIn(section, variables)]),
  ) as Configs;

/** The configuration in variables that are known to be complete for the roles at hand. */
export const configIn = (variables: Variables): Config => ({
  apiToken: variables.API_TOKEN ?? '',
  webhookUrl: variables.WEBHOOK_URL ?? '',
  webhookUrls: webhookUrlsIn(variables),
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
