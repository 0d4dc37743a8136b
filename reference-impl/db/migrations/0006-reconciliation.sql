-- What the providers say when asked, kept beside what we believe.
create table topup.payment_comparisons (
  order_id text primary key references topup.orders (id),
  -- The provider's number of the payment it captured, null when there is none.
  trade_no text,
  -- Zero when the provider knows of no captured payment.
  captured_minor bigint not null,
  currency char(3) not null,
  compared_at timestamptz not null default now()
);

create table topup.grant_comparisons (
  cloud text not null,
  cloud_account_id text not null,
  -- What the cloud's quota grew by since our first attempt, and what the ledger had credited after that reading.
  granted_minor bigint,
  credited_minor bigint,
  -- What we had told customers is granted, before that reading; null where what they spend lowers the reading.
  completed_minor bigint,
  -- The attempts that the comparison covers; another picture of them makes a new comparison due.
  attempts_seen text,
  compared_at timestamptz,
  -- Before then the account is not asked about again; with each failure since the last comparison the wait doubles.
  due_at timestamptz not null,
  failures integer not null default 0,
  primary key (cloud, cloud_account_id)
);

create table topup.reconciliation_findings (
  id bigint generated always as identity primary key,
  kind text not null,
  subject text not null,
  detail text not null,
  found_at timestamptz not null default now(),
  unique (kind, subject)
);
