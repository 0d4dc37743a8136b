/** Reads what was booked on our accounts since the last time; every entry is kept, whatever it is. */
import { type BankTransferConfig, needed } from '../config.ts';
import { type BankEntry, type BankReport, bankReportIn } from '../payments/bank-messages.ts';
import { orderIdIn } from '../payments/bank-reference.ts';
import { bankProblemWith, signedQuery } from '../payments/bank-sign.ts';
import { privateKeyFrom, publicKeyFrom } from '../payments/keys.ts';
import { asUnknown, noAnswer, type Unknown, unknown } from '../payments/payment-client.ts';
import type { Queryable } from '../ports.ts';
import type { Answered } from '../resilience/failure.ts';
import { policyOf } from '../resilience/policy.ts';
import { openProviderCalls } from '../resilience/provider-calls.ts';
import { openSender } from '../resilience/sender.ts';
import type { RoleParts } from '../service.ts';

const policy = policyOf('bank-transfer');

/** So many pages of an account at once at most; the rest comes next time. */
const pagesMax = 20;

type Answer = Answered<{ readonly report: BankReport }> | Unknown;

/** Asks for the entries of an account behind `after`; what the bank did not sign as the answer to this is unknown. */
const askerOf = (role: RoleParts, config: BankTransferConfig) => {
  const { clock } = role.ports;
  const key = privateKeyFrom(config.clientPrivateKey);
  const bank = { id: config.bankKeyId, key: publicKeyFrom(config.bankPublicKey) };
  const makeCall = openProviderCalls(role, policy);
  const ask = (iban: string, after: string | undefined): Promise<Answer> => {
    const url = new URL(`${config.url}/v1/accounts/${iban}/transactions`);
    if (after !== undefined) url.searchParams.set('entryReferenceFrom', after);
    const read = (status: number, text: string, headers: { get(name: string): string | null }): Answer => {
      const parts = {
        '"@status"': String(status),
        '"content-type"': '',
        '"content-digest"': '',
        '"@method";req': 'GET',
        '"@path";req': url.pathname,
        '"@query";req': url.search || '?',
      };
      const problem = bankProblemWith({ headers, body: Buffer.from(text) }, parts, clock.nowMs(), bank);
      if (problem !== undefined) return noAnswer(`HTTP ${status}, not believed: ${problem}`);
      if (status !== 200) return { ...unknown(`HTTP ${status}`), isStrain: status === 429 || status >= 500 };
      const report = bankReportIn(text);
      return report?.iban === iban ? { kind: 'answer', report } : noAnswer('no report on this account');
    };
    const send = openSender<Answer>(role, policy, { read, lost: noAnswer });
    const request = { method: 'GET', headers: signedQuery(url, config.clientKeyId, key, clock.nowMs()) };
    return send(url.href, request);
  };
  return async (iban: string, after: string | undefined): Promise<Answer> =>
    asUnknown(await makeCall({ operation: 'transactions', isRetry: false }, () => ask(iban, after)));
};

const lastNumber = async (db: Queryable, iban: string): Promise<string | undefined> => {
  const { rows } = await db.query<{ number: string }>(
    'select number from topup.bank_entries where iban = $1 order by id desc limit 1',
    [iban],
  );
  return rows[0]?.number;
};

const isReadable = ({ id, number, amountMinor = 0n }: BankEntry): boolean =>
  id !== '' && number !== '' && amountMinor > 0n;

/** Where to stop, an entry that is only expected or cannot be read: behind it, it would be passed over for ever. */
const stopIn = ({ entries }: BankReport): number => {
  const stop = entries.findIndex((entry) => !entry.isBooked || !isReadable(entry));
  return stop < 0 ? entries.length : stop;
};

/** An entry that says of which order it is belongs to it, if the order is to be paid by transfer. */
const keep = async (db: Queryable, iban: string, booked: readonly BankEntry[]): Promise<void> => {
  await db.query(
    `insert into topup.bank_entries (iban, number, entry_id, side, amount_minor, currency, reference, order_id)
     select $1, e.number, e.entry_id, e.side, e.amount_minor, e.currency, e.reference, o.id
     from unnest($2::text[], $3::text[], $4::text[], $5::bigint[], $6::text[], $7::text[], $8::text[])
       with ordinality e (number, entry_id, side, amount_minor, currency, reference, order_id, nth)
     left join topup.orders o on o.id = e.order_id and o.payment_provider = 'bank-transfer'
     order by e.nth on conflict do nothing`,
    [
      iban,
      booked.map(({ number }) => number),
      booked.map(({ id }) => id),
      booked.map(({ side }) => side),
      booked.map(({ amountMinor = 0n }) => amountMinor.toString()),
      booked.map(({ currency }) => currency),
      booked.map(({ reference }) => reference.slice(0, 140)),
      booked.map(({ reference }) => orderIdIn(reference)),
    ],
  );
};

/** What is noted of an account: that it was read to its end, or that an entry of it cannot be read, and since when. */
const notes = {
  read: `insert into topup.bank_accounts (iban, swept_at) values ($1, now())
    on conflict (iban) do update set swept_at = excluded.swept_at, unreadable_since = null`,
  unreadable: `insert into topup.bank_accounts as known (iban, unreadable_since) values ($1, now())
    on conflict (iban) do update set unreadable_since = coalesce(known.unreadable_since, excluded.unreadable_since)`,
} as const;

/** Reads each of our accounts as far as it is booked and can be read; how far that was is noted, with when. */
export const openBankReader = (role: RoleParts): (() => Promise<void>) => {
  const config = needed(role.config.payments, 'bank-transfer');
  const ask = askerOf(role, config);
  const { db, log } = role.ports;
  const readToEnd = async (iban: string): Promise<keyof typeof notes | undefined> => {
    for (let page = 1; page <= pagesMax; page += 1) {
      const answer = await ask(iban, await lastNumber(db, iban));
      if (answer.kind !== 'answer') {
        log.warn({ iban, reason: answer.reason }, 'account not read');
        return undefined;
      }
      const { entries, isLastPage } = answer.report;
      const stop = stopIn(answer.report);
      await keep(db, iban, entries.slice(0, stop));
      const stoppedAt = entries[stop];
      if (stoppedAt !== undefined && !isReadable(stoppedAt)) {
        log.error({ iban, number: stoppedAt.number }, 'an entry cannot be read, and nothing behind it');
        return 'unreadable';
      }
      if (isLastPage || stoppedAt !== undefined) return 'read';
    }
    return undefined;
  };
  return async () => {
    for (const iban of [config.ibanCNY, config.ibanUSD]) {
      const ended = await readToEnd(iban);
      if (ended !== undefined) await db.query(notes[ended], [iban]);
    }
  };
};
