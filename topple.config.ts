/**
 * Names the system under test: how the harness starts the reference top-up service, speaks to it and reads its ledger.
 * The only file that knows both sides.
 */
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Attachment } from '#harness/attachment';
import type {
  BookedBalance,
  BookedCredit,
  BookedEntry,
  BookedOrder,
  BookedSides,
  BookedTransition,
  BookedUnmatched,
  LedgerView,
} from '#harness/books';
import type { Route } from '#harness/route';
import {
  defineTarget,
  type HttpAdapter,
  type InProcessPorts,
  type ReadOnlyQuery,
  type Target,
  type Wiring,
} from '#harness/target';
import { migrations } from './reference-impl/db/migrate.ts';
import { variants } from './reference-impl/defects/index.ts';
import { configIn, variablesOf, webhookUrlName } from './reference-impl/environment.ts';
import { type CloudId, cloudIds, clouds } from './reference-impl/provisioning/cloud.ts';
import { type Role, roleNames } from './reference-impl/roles.ts';

const apiToken = 'topple-demonstration';

/** Ends as this file does: `.ts` in a clone, `.js` in the published package. */
const main = fileURLToPath(new URL(`./reference-impl/main${extname(import.meta.url)}`, import.meta.url));

const variantNamed = (id: string | undefined) => {
  if (id === undefined) return undefined;
  const variant = variants.find((candidate) => candidate.id === id);
  if (!variant) throw new Error(`there is no variant "${id}"; known: ${variants.map((known) => known.id).join(', ')}`);
  return variant;
};

type Issued = Readonly<Record<string, string>>;

/** What each provider issued, and where it is met, under the names that the service reads. */
const providerVariables: Readonly<Record<string, (url: string, issued: Issued) => Readonly<Record<string, string>>>> = {
  'alibaba-cloud': (url, { accessKeyId = '', accessKeySecret = '' }) => ({
    ALIBABA_CLOUD_URL: url,
    ALIBABA_CLOUD_ACCESS_KEY_ID: accessKeyId,
    ALIBABA_CLOUD_ACCESS_KEY_SECRET: accessKeySecret,
  }),
  alipay: (url, { appId = '', appPrivateKey = '', alipayPublicKey = '', sellerId = '' }) => ({
    ALIPAY_GATEWAY_URL: `${url}/gateway.do`,
    ALIPAY_APP_ID: appId,
    ALIPAY_APP_PRIVATE_KEY: appPrivateKey,
    ALIPAY_PUBLIC_KEY: alipayPublicKey,
    ALIPAY_SELLER_ID: sellerId,
  }),
  'bank-transfer': (url, issued) => ({
    BANK_URL: url,
    BANK_CLIENT_KEY_ID: issued.clientKeyId ?? '',
    BANK_CLIENT_PRIVATE_KEY: issued.clientPrivateKey ?? '',
    BANK_KEY_ID: issued.bankKeyId ?? '',
    BANK_PUBLIC_KEY: issued.bankPublicKey ?? '',
    BANK_IBAN_CNY: issued.ibanCNY ?? '',
    BANK_IBAN_USD: issued.ibanUSD ?? '',
  }),
  'huawei-cloud': (url, { accessKey = '', secretKey = '', domainId = '' }) => ({
    HUAWEI_CLOUD_URL: url,
    HUAWEI_CLOUD_ACCESS_KEY: accessKey,
    HUAWEI_CLOUD_SECRET_KEY: secretKey,
    HUAWEI_CLOUD_DOMAIN_ID: domainId,
  }),
  'standard-webhooks': (url, { apiKey = '', merchantId = '', webhookSecret = '' }) => ({
    STANDARD_WEBHOOKS_URL: url,
    STANDARD_WEBHOOKS_API_KEY: apiKey,
    STANDARD_WEBHOOKS_MERCHANT_ID: merchantId,
    STANDARD_WEBHOOKS_SECRET: webhookSecret,
  }),
  stripe: (url, { secretKey = '', webhookSecret = '' }) => ({
    STRIPE_URL: url,
    STRIPE_SECRET_KEY: secretKey,
    STRIPE_WEBHOOK_SECRET: webhookSecret,
  }),
  'tencent-cloud': (url, { secretId = '', secretKey = '' }) => ({
    TENCENT_CLOUD_URL: url,
    TENCENT_CLOUD_SECRET_ID: secretId,
    TENCENT_CLOUD_SECRET_KEY: secretKey,
  }),
  'wechat-pay': (url, issued) => ({
    WECHAT_PAY_URL: url,
    WECHAT_PAY_APP_ID: issued.appid ?? '',
    WECHAT_PAY_MERCHANT_ID: issued.mchid ?? '',
    WECHAT_PAY_MERCHANT_SERIAL: issued.merchantSerial ?? '',
    WECHAT_PAY_MERCHANT_PRIVATE_KEY: issued.merchantPrivateKey ?? '',
    WECHAT_PAY_API_V3_KEY: issued.apiV3Key ?? '',
    WECHAT_PAY_PUBLIC_KEY_ID: issued.publicKeyId ?? '',
    WECHAT_PAY_PUBLIC_KEY: issued.platformPublicKey ?? '',
  }),
};

/** What every role is told of the providers that are there; a process gets its own share of it. */
const variablesFor = (wiring: Omit<Wiring, 'databaseUrl'>) => {
  const { providerUrls, providerIdentities, webhookUrl, webhookUrls, timeScale } = wiring;
  const served = Object.entries(providerUrls).map(([id, url]) =>
    providerVariables[id]?.(url, providerIdentities[id] ?? {}),
  );
  return {
    API_TOKEN: apiToken,
    WEBHOOK_URL: webhookUrl,
    ...Object.fromEntries(Object.entries(webhookUrls).map(([id, url]) => [webhookUrlName(id), url])),
    CLOUDS: cloudIds.filter((id) => clouds[id].dependency in providerUrls).join(','),
    TIME_SCALE: String(timeScale),
    ...(Object.assign({}, ...served) as Record<string, string>),
  };
};

const containerPort = 8080;

const environmentFor = (role: string, wiring: Wiring, listen = { HOST: '127.0.0.1', PORT: '0' }) => {
  const all: Record<string, string> = { ...variablesFor(wiring), DATABASE_URL: wiring.databaseUrl };
  const names = [...variablesOf(role as Role), 'TIME_SCALE'];
  return {
    ...Object.fromEntries(names.flatMap((name) => (all[name] === undefined ? [] : [[name, all[name]]]))),
    ...listen,
  };
};

const portIn = (line: string): number | undefined => {
  try {
    const { msg, port } = JSON.parse(line) as { msg?: unknown; port?: unknown };
    return msg === 'listening' && typeof port === 'number' ? port : undefined;
  } catch {
    return undefined; // what a dying process writes is not always JSON
  }
};

/** Loaded on demand: whoever runs processes needs no service of its own. */
const inProcess = async (
  role: string,
  wiring: Omit<Wiring, 'databaseUrl'>,
  ports: InProcessPorts,
  variant?: string,
) => {
  const [{ createTopUpService }, { Registry }] = await Promise.all([
    import('./reference-impl/service.ts'),
    import('prom-client'),
  ]);
  const { random, log, ...given } = ports;
  const drawn = random.fork(`role-${role}`);
  const hex = (): string => drawn.integer(0, 0xffff_ffff).toString(16).padStart(8, '0');
  const parts = variantNamed(variant)?.parts;
  return createTopUpService({
    role: role as Role,
    config: configIn(variablesFor(wiring)),
    ports: {
      ...given,
      ids: {
        orderId: () => `ord_${hex()}${hex()}${hex()}`,
        nonce: () => hex() + hex() + hex() + hex(),
        unit: drawn.unit,
      },
      log: { info: log, warn: log, error: log },
      metrics: new Registry(),
    },
    ...(parts && { parts }),
  });
};

/** The service's ways to grant, by the clouds' operations. */
const ways: Readonly<Record<string, CloudId>> = {
  AgentTransferMoney: 'tencent-cloud',
  AllocateCustomerCredit: 'tencent-cloud-intl',
  ChangeResellerConsumeAmount: 'alibaba-cloud',
  'POST /v2/accounts/partner-accounts/adjust-amount': 'huawei-cloud',
  'POST /v2/enterprises/multi-accounts/transfer-amount': 'huawei-cloud-enterprise',
  SetResellerUserQuota: 'alibaba-cloud-quota',
};

/** Which of them is meant; the cloud itself where there is none, which the service refuses. */
const wayOf = ({ cloud, currency, grantBy }: Route): string =>
  grantBy === undefined
    ? (cloudIds.find((id) => clouds[id].dependency === cloud && clouds[id].currency === currency) ?? cloud)
    : (ways[grantBy] ?? cloud);

const bearer = { authorization: `Bearer ${apiToken}` };

const http: HttpAdapter = {
  createOrder: ({ idempotencyKey, wallet, cloudAccount, amountMinor, currency, via }) => ({
    method: 'POST',
    path: '/v1/orders',
    headers: { ...bearer, 'idempotency-key': idempotencyKey },
    body: {
      walletId: wallet,
      cloudAccountId: cloudAccount,
      amountMinor: Number(amountMinor),
      currency,
      ...(via && { paymentProvider: via.payment, cloud: wayOf(via) }),
    },
  }),
  readOrder: (orderId) => ({ method: 'GET', path: `/v1/orders/${orderId}`, headers: bearer }),
  confirmOrder: (orderId) => ({ method: 'POST', path: `/v1/orders/${orderId}/confirm`, headers: bearer }),
  readWallet: (wallet) => ({ method: 'GET', path: `/v1/wallets/${wallet}`, headers: bearer }),
  orderIn: ({ status, body }) => {
    if (status !== 200 && status !== 201) return undefined;
    const { id, state, payment } = body as {
      id: string;
      state: string;
      payment: { reference: string; payBy: string | null };
    };
    return { id, reference: payment.reference, payable: payment.payBy !== null, state };
  },
  balanceIn: ({ status, body }) => {
    if (status !== 200) return undefined;
    const { balances } = body as { balances: { currency: string; balanceMinor: string }[] };
    // The harness' wallets have one currency each.
    return balances.reduce((sum, { balanceMinor }) => sum + BigInt(balanceMinor), 0n);
  },
};

/**
 * Milliseconds since the epoch at which the row became visible: with its transaction's commit, not with its begin.
 * Where time is virtual there are no commit times, and `fallback` is exact.
 */
const committedMs = (table: string, fallback: string): string =>
  `floor(extract(epoch from coalesce(pg_xact_commit_timestamp(${table}.xmin), ${fallback})) * 1000)::int8`;

const ledgerQueries = {
  orders: `select id,
      case payment_provider when 'bank-transfer' then coalesce(payment_number, id) else id end as reference,
      wallet_id as wallet, cloud_account_id as "cloudAccount", amount_minor as "amountMinor", currency, state, hold
    from topup.orders order by created_at, id`,
  credits: `select 'entry-' || entry.id as "entryId", entry.order_id as "orderId", payment.trade_no as "paymentId",
      split_part(posting.account, ':', 2) as wallet, posting.amount_minor as "amountMinor", posting.currency,
      ${committedMs('entry', 'entry.created_at')} as "atMs"
    from topup.postings posting
      join topup.journal_entries entry on posting.entry_id = entry.id
      join topup.payments payment on payment.id = entry.payment_id
    where posting.side = 'credit' and starts_with(posting.account, 'user_wallet:') order by entry.id, posting.line`,
  balances: `with posted as (
      select split_part(account, ':', 2) as wallet, currency,
        sum(amount_minor) filter (where side = 'credit') as credited,
        sum(amount_minor) filter (where side = 'debit') as debited
      from topup.postings where starts_with(account, 'user_wallet:') group by account, currency)
    select coalesce(stored.wallet_id, posted.wallet) as wallet, coalesce(stored.currency, posted.currency) as currency,
      coalesce(stored.balance_minor, 0)::int8 as "storedMinor",
      (coalesce(posted.credited, 0) - coalesce(posted.debited, 0))::int8 as "postedMinor"
    from topup.balances stored
      full outer join posted on posted.wallet = stored.wallet_id and posted.currency = stored.currency order by 1, 2`,
  transitions: `select order_id as "orderId", sequence, from_state as "from", to_state as "to", cause, reference,
    ${committedMs('order_transitions', 'at')} as "atMs"
    from topup.order_transitions order by order_id, sequence`,
  // Of named columns: what the database notes for itself differs between two runs that booked the same.
  entries: `with written as (
      select id as entry_id, 0::smallint as line, md5(row(kind, order_id, payment_id, created_at)::text) as digest
        from topup.journal_entries
      union all select entry_id, line, md5(row(account, side, amount_minor, currency)::text) from topup.postings)
    select 'entry-' || entry_id || case line when 0 then '' else '/' || line end as "entryId",
      coalesce(digest, '') as digest, not intact as "isRewritten",
      floor(extract(epoch from pg_xact_commit_timestamp(sealed_xid)) * 1000)::int8 as "writtenMs"
    from topup.sealed_rows left join written using (entry_id, line) order by 1`,
  unmatched: `select entry_id as "paymentId", amount_minor as "amountMinor", currency from topup.bank_entries
    where order_id is null and side = 'credit' and settled_at is not null order by id`,
  sides: `select 'entry-' || entry_id as "entryId", currency,
    coalesce(sum(amount_minor) filter (where side = 'debit'), 0)::int8 as "debitMinor",
    coalesce(sum(amount_minor) filter (where side = 'credit'), 0)::int8 as "creditMinor"
    from topup.postings group by entry_id, currency order by entry_id, currency`,
} as const;

/** As the runbooks say, for all that is broken at once. */
const remedies = {
  'balance-equals-ledger': `insert into topup.balances (wallet_id, currency, balance_minor)
    select split_part(account, ':', 2), currency, sum(case side when 'credit' then amount_minor else -amount_minor end)
    from topup.postings where starts_with(account, 'user_wallet:') group by account, currency
    on conflict (wallet_id, currency) do update
    set balance_minor = excluded.balance_minor, version = balances.version + 1, updated_at = now()`,
  'no-lost-credit': `update topup.orders o set hold = 'manual_review', updated_at = now()
    from topup.payment_comparisons c
    where c.order_id = o.id and c.captured_minor > 0 and o.hold is null and not exists (
      select from topup.journal_entries e where e.order_id = o.id and e.kind = 'TOPUP_CREDIT')`,
} as const;

const readLedger = async (query: ReadOnlyQuery): Promise<LedgerView> => {
  const read = async <Row>(name: keyof typeof ledgerQueries): Promise<Row[]> =>
    (await query(ledgerQueries[name])) as Row[];
  const dated = <Row extends { readonly atMs: number }>(rows: Row[]): Row[] =>
    rows.map((row) => ({ ...row, atMs: Number(row.atMs) }));
  return {
    orders: await read<BookedOrder>('orders'),
    credits: dated(await read<BookedCredit>('credits')),
    balances: await read<BookedBalance>('balances'),
    sides: await read<BookedSides>('sides'),
    unmatched: await read<BookedUnmatched>('unmatched'),
    transitions: dated(await read<BookedTransition>('transitions')),
    entries: (await read<BookedEntry & { writtenMs: bigint | null }>('entries')).map(({ writtenMs, ...entry }) => {
      return { ...entry, ...(writtenMs === null ? {} : { writtenMs: Number(writtenMs) }) };
    }),
  };
};

const portOf = (name: string, port: number): string => `127.0.0.1:${process.env[`TOPPLE_PORT_${name}`] || port}`;
const metricsAt = (name: string, port: number): string => `http://${portOf(name, port)}/metrics`;

/** What `docker compose up --wait` brings up here. */
export const attachment: Attachment = {
  environment: 'docker compose on this machine',
  tenants: ['topple-'],
  apiUrl: `http://${portOf('API', 18_090)}`,
  mockUrls: {
    'alibaba-cloud': `http://${portOf('ALIBABA_CLOUD', 18_080)}`,
    alipay: `http://${portOf('ALIPAY', 18_081)}`,
    'bank-transfer': `http://${portOf('BANK_TRANSFER', 18_082)}`,
    'huawei-cloud': `http://${portOf('HUAWEI_CLOUD', 18_083)}`,
    'standard-webhooks': `http://${portOf('STANDARD_WEBHOOKS', 18_084)}`,
    stripe: `http://${portOf('STRIPE', 18_085)}`,
    'tencent-cloud': `http://${portOf('TENCENT_CLOUD', 18_086)}`,
    'wechat-pay': `http://${portOf('WECHAT_PAY', 18_087)}`,
  },
  webhookUrls: {
    'bank-transfer': 'http://toxiproxy:9033/webhooks/bank-transfer',
    'standard-webhooks': 'http://toxiproxy:9030/webhooks/standard-webhooks',
    stripe: 'http://toxiproxy:9031/webhooks/stripe',
  },
  toxiproxyUrl: `http://${portOf('TOXIPROXY', 18_474)}`,
  metricsUrls: {
    api: metricsAt('API', 18_090),
    webhooks: metricsAt('WEBHOOKS', 18_091),
    provisioning: metricsAt('PROVISIONING', 18_092),
    reconciliation: metricsAt('RECONCILIATION', 18_093),
  },
  ledgerUrl: `postgres://topup_auditor@${portOf('POSTGRES', 15_432)}/postgres`,
  sessionsUrl: `postgres://postgres@${portOf('POSTGRES', 15_432)}/postgres`,
  timeScale: Number(process.env.TOPPLE_TIME_SCALE || 600),
};

/** The reference top-up service. */
export const target: Target = defineTarget({
  id: 'reference-top-up',
  roles: roleNames,
  apiRole: 'api',
  webhookRole: 'webhooks',
  grantRole: 'provisioning',
  process: {
    command: process.execPath,
    argsFor: (role, variant) => [main, '--role', role, ...(variant === undefined ? [] : ['--defect', variant])],
    environmentFor,
    portIn,
  },
  container: {
    imageFor: (_role, variant) =>
      variant === undefined
        ? process.env.TOPPLE_IMAGE_SERVICE || 'topple-service:local'
        : process.env.TOPPLE_IMAGE_SERVICE_WITH_DEFECTS || 'topple-service-with-defects:local',
    argsFor: (role, variant) => ['--role', role, ...(variant === undefined ? [] : ['--defect', variant])],
    environmentFor: (role, wiring) => environmentFor(role, wiring, { HOST: '0.0.0.0', PORT: String(containerPort) }),
    port: containerPort,
  },
  inProcess,
  database: {
    migrations: (variant) => migrations(variantNamed(variant)?.overlay).map(({ sql }) => sql),
    userOf: (role) => `topup_${role}`,
    ledgerTable: 'topup.journal_entries',
    auditor: 'topup_auditor',
    remedies,
    readLedger,
  },
  http,
  webhookPaths: {
    'bank-transfer': '/webhooks/bank-transfer',
    'standard-webhooks': '/webhooks/standard-webhooks',
    stripe: '/webhooks/stripe',
  },
  variants: variants.map(({ parts: _parts, overlay: _overlay, ...variant }) => variant),
  signals: {
    overcredited: 'sum(topup_payments_overcredited)',
    balanceDrift: 'sum(topup_balance_drift_minor_units)',
    overgranted: 'sum(topup_misgranted_minor_units)',
    illegalTransitions: 'sum(topup_illegal_transitions)',
    // What stands on an account that cannot be read counts as one: how much it is, nobody knows.
    uncredited: 'sum(topup_captured_uncredited_minor_units) + sum(topup_bank_accounts_unreadable)',
    unbacked: 'sum(topup_credits_unbacked)',
    mismatched: 'sum(topup_credits_mismatched)',
    doubleCharged: 'sum(topup_intents_with_several_orders)',
    rewritten: 'sum(topup_ledger_rows_rewritten)',
    unauthentic: 'sum(topup_unauthentic_webhooks)',
    overcalled: 'sum(topup_orders_overcalled)',
  },
  // The comparison of grants runs every minute, and may have to work through a backlog of accounts.
  signalDelayS: 90,
  // An hour after we know of captured money it counts as lost; we ask about it after ten minutes without a notice.
  slowSignalsS: { uncredited: 4_350 },
  agesS: { uncredited: 3_600 },
  scrapeIntervalS: 15,
});
