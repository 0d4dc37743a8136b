-- What providers told us: every authentic webhook, and each payment once.
create table topup.inbox (
  provider text not null,
  event_id text not null,
  order_id text not null,
  body bytea not null,
  headers_digest text not null,
  -- The headers that its signature came in, as JSON; null where the body holds its own.
  signature text,
  deliveries integer not null default 1,
  status text not null default 'received' check (status in ('received', 'applied', 'ignored', 'quarantined')),
  reason text,
  -- What a second look at the body said, by another process and after the fact; null until then.
  authentic boolean,
  attempts integer not null default 0,
  received_at timestamptz not null default now(),
  -- When the sweep takes the row, should the request that brought it not have finished it.
  apply_due_at timestamptz,
  primary key (provider, event_id)
);
create index inbox_to_verify on topup.inbox (received_at) where authentic is null;
create index inbox_to_apply on topup.inbox (apply_due_at) where status = 'received';

create table topup.payments (
  id bigint generated always as identity primary key,
  provider text not null,
  trade_no text not null,
  order_id text not null unique references topup.orders (id),
  amount_minor bigint not null check (amount_minor > 0),
  currency char(3) not null,
  confirmed_by text not null,
  confirmed_at timestamptz not null default now(),
  -- When reconciliation asks the provider about it (again); null once it has answered.
  compare_due_at timestamptz default now(),
  -- The business fact: one payment, whatever number of events and queries report it.
  unique (provider, trade_no)
);
create index payments_to_compare on topup.payments (compare_due_at) where compare_due_at is not null;
