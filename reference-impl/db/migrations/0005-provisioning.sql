-- Work that must happen after a commit, and every attempt to grant credit at a cloud.
create table topup.outbox (
  id bigint generated always as identity primary key,
  kind text not null check (kind in ('grant')),
  dedup_key text not null unique,
  order_id text not null references topup.orders (id),
  -- How often it was claimed; the number also tells a worker whether its claim is still its own.
  claims integer not null default 0,
  -- How many calls made for it had no usable answer; bounds the waits, and in the end a person must look.
  failures integer not null default 0,
  -- The provider that is not even asked for now, because its breaker is open.
  waiting_for text,
  next_at timestamptz not null default now(),
  lease_until timestamptz,
  done_at timestamptz,
  last_error text,
  created_at timestamptz not null default now()
);
create index outbox_due on topup.outbox (next_at) where done_at is null;

create table topup.grant_attempts (
  id bigint generated always as identity primary key,
  order_id text not null references topup.orders (id),
  n integer not null,
  cloud text not null,
  cloud_account_id text not null,
  out_biz_id text not null,
  -- OPEN: the account is ours, nothing was sent. SENT: the call may be on its way. UNKNOWN: no answer came.
  -- SUPERSEDED: still unknown, repeated by the next attempt.
  state text not null check (state in ('OPEN', 'SENT', 'UNKNOWN', 'SUPERSEDED', 'SUCCEEDED', 'FAILED')),
  quota_before_minor bigint,
  detail text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (order_id, n)
);
create index grant_attempts_by_account on topup.grant_attempts (cloud, cloud_account_id, id);
-- One open attempt per cloud account, so that a change of its quota can have one cause only.
create unique index one_open_attempt_per_account on topup.grant_attempts (cloud, cloud_account_id)
  where state in ('OPEN', 'SENT', 'UNKNOWN');
