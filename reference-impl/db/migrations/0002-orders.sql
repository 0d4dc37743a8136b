-- Orders, their history, and the answers kept for repeated requests.
create table topup.orders (
  -- Also the provider's out_trade_no and the cloud's OutBizId: one name from request to grant.
  id text primary key check (id ~ '^[A-Za-z0-9_]{1,64}$'),
  wallet_id text not null,
  cloud_account_id text not null,
  amount_minor bigint not null check (amount_minor between 1 and 100000000),
  currency char(3) not null,
  -- Who takes the payment, and where the credit is granted: by which cloud, and by which of its ways.
  payment_provider text not null,
  cloud text not null,
  state text not null,
  -- Number of the newest row in order_transitions; every change of state raises it by one.
  version integer not null,
  -- While set, nothing moves this order: a person or reconciliation decides.
  hold text check (hold in ('reconciliation', 'manual_review')),
  -- Whose wish it is: the scope and the text of the idempotency key it came with. One wish is one order.
  intent text not null,
  -- What the buyer pays by: a QR code's text, or a secret that his page needs.
  qr_code text,
  -- The payment provider's own number, where it must be asked by it and not by the order's.
  payment_number text,
  -- When the intent is sent to the provider again, because no answer came.
  initiate_due_at timestamptz,
  -- How often it was sent without a usable answer; bounds the waits, and in the end a person must look.
  initiate_failures integer not null default 0,
  -- The provider that is not even asked about this order for now, because its breaker is open.
  waiting_for text,
  -- When the provider is asked about the payment, because no webhook came.
  query_due_at timestamptz,
  -- How often the sweep has tried to credit it, and when it tries again; null = at once.
  credit_attempts integer not null default 0,
  credit_due_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index orders_by_intent on topup.orders (intent);
create index orders_by_state on topup.orders (state, updated_at);
create index orders_to_initiate on topup.orders (initiate_due_at) where initiate_due_at is not null;
create index orders_to_query on topup.orders (query_due_at) where query_due_at is not null;

create table topup.legal_transitions (
  from_state text,
  to_state text not null,
  -- The roles whose step it is; the owner of the schema may repair anything.
  roles text[] not null,
  unique nulls not distinct (from_state, to_state)
);
insert into topup.legal_transitions (from_state, to_state, roles) values
  (null, 'CREATED', '{topup_api}'),
  ('CREATED', 'PAYMENT_INITIATED', '{topup_api}'),
  ('PAYMENT_INITIATED', 'PAYMENT_PENDING', '{topup_api}'),
  ('PAYMENT_INITIATED', 'PAYMENT_SUCCEEDED', '{topup_api, topup_webhooks, topup_reconciliation}'),
  ('PAYMENT_INITIATED', 'FAILED', '{topup_api, topup_reconciliation}'),
  ('PAYMENT_PENDING', 'PAYMENT_SUCCEEDED', '{topup_api, topup_webhooks, topup_reconciliation}'),
  ('PAYMENT_PENDING', 'FAILED', '{topup_reconciliation}'),
  ('PAYMENT_SUCCEEDED', 'CREDITED', '{topup_webhooks}'),
  ('CREDITED', 'PROVISIONING', '{topup_provisioning}'),
  ('PROVISIONING', 'COMPLETED', '{topup_provisioning}'),
  -- Only after the provider itself has answered that the late payment is real.
  ('FAILED', 'PAYMENT_SUCCEEDED', '{topup_reconciliation}');

create table topup.order_transitions (
  order_id text not null references topup.orders (id),
  sequence integer not null,
  from_state text,
  to_state text not null,
  cause text not null,
  -- What proves the cause: the number of a payment, of a webhook, of a grant attempt.
  reference text,
  at timestamptz not null default now(),
  primary key (order_id, sequence)
);
create trigger order_transitions_append_only before update or delete on topup.order_transitions
  for each row execute function topup.refuse_change();

create function topup.is_owner() returns boolean stable language sql
  as 'select pg_has_role(session_user, relowner, ''member'') from pg_class where oid = ''topup.orders''::regclass';

create function topup.check_transition() returns trigger language plpgsql as $$
declare
  last_state text;
  allowed text[];
begin
  select to_state into last_state from topup.order_transitions
    where order_id = new.order_id order by sequence desc limit 1;
  if new.from_state is distinct from last_state then
    raise exception 'order % is in %, so it cannot leave %', new.order_id, last_state, new.from_state
      using errcode = 'integrity_constraint_violation';
  end if;
  select roles into allowed from topup.legal_transitions
    where from_state is not distinct from new.from_state and to_state = new.to_state;
  if allowed is null then
    raise exception 'no order may go from % to %', new.from_state, new.to_state
      using errcode = 'integrity_constraint_violation';
  end if;
  if session_user <> all (allowed) and not topup.is_owner() then
    raise exception '% may not take an order from % to %', session_user, new.from_state, new.to_state
      using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$;
create trigger order_transitions_legal before insert on topup.order_transitions
  for each row execute function topup.check_transition();

-- Neither moves without the other: at commit an order is where the newest row of its history says.
create function topup.check_position() returns trigger language plpgsql as $$
declare
  checked_id text := to_jsonb(new) ->> tg_argv[0];
begin
  perform 1 from topup.orders o
    where o.id = checked_id and (o.version, o.state) is distinct from (
      select (h.sequence, h.to_state) from topup.order_transitions h
      where h.order_id = o.id order by h.sequence desc limit 1);
  if found then
    raise exception 'order % is not where its history ends', checked_id
      using errcode = 'integrity_constraint_violation';
  end if;
  return null;
end $$;
create constraint trigger orders_follow_history after insert or update of state, version on topup.orders
  deferrable initially deferred for each row execute function topup.check_position('id');
create constraint trigger history_follows_orders after insert on topup.order_transitions
  deferrable initially deferred for each row execute function topup.check_position('order_id');

create table topup.idempotency_keys (
  -- Whose intent the key names; the same text under another scope is another intent.
  scope text not null,
  key text not null,
  fingerprint text not null,
  order_id text not null,
  -- Until then the request that holds the key may still be running; afterwards a repeat takes it over.
  locked_until timestamptz,
  status smallint,
  -- Text, not jsonb: a repeat gets the same bytes.
  json text,
  created_at timestamptz not null default now(),
  primary key (scope, key)
);
