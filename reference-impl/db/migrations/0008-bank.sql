-- What the bank says of our accounts: each of its entries, once, as it was read.
create table topup.bank_accounts (
  iban text primary key,
  -- When it was read as far as it was booked then.
  swept_at timestamptz not null
);

create table topup.bank_entries (
  -- Grows in the order of the account: the next ones are asked for behind the last.
  id bigint generated always as identity primary key,
  iban text not null,
  number text not null,
  entry_id text not null unique,
  side text not null check (side in ('credit', 'debit')),
  amount_minor bigint not null check (amount_minor > 0),
  currency char(3) not null,
  -- As the payer wrote it.
  reference text not null,
  -- The order whose money it is; null: nobody knows whose.
  order_id text references topup.orders (id),
  -- When something came of it; null until then.
  settled_at timestamptz,
  -- How often settling it failed.
  failures integer not null default 0,
  read_at timestamptz not null default now(),
  unique (iban, number)
);
create index bank_entries_of_order on topup.bank_entries (order_id) where order_id is not null;
create index bank_entries_to_settle on topup.bank_entries (id) where settled_at is null;

grant select on topup.bank_accounts, topup.bank_entries to topup_auditor, topup_api, topup_reconciliation;
grant insert (iban, swept_at), update (swept_at) on topup.bank_accounts to topup_reconciliation;
grant insert (iban, number, entry_id, side, amount_minor, currency, reference, order_id),
  update (order_id, settled_at, failures) on topup.bank_entries to topup_reconciliation;
