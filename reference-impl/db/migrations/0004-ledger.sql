-- Double entry, append-only, held up by the database itself.
create table topup.journal_entries (
  id bigint generated always as identity primary key,
  kind text not null check (kind in ('TOPUP_CREDIT')),
  order_id text not null references topup.orders (id),
  payment_id bigint not null references topup.payments (id),
  created_xid xid8 not null default pg_current_xact_id(),
  created_at timestamptz not null default now()
);
-- The last defence against a second credit, should everything above it fail.
create unique index one_credit_per_order on topup.journal_entries (order_id, kind);
create unique index one_credit_per_payment on topup.journal_entries (payment_id, kind);

create table topup.postings (
  entry_id bigint not null references topup.journal_entries (id),
  line smallint not null,
  account text not null,
  side text not null check (side in ('debit', 'credit')),
  amount_minor bigint not null check (amount_minor > 0),
  currency char(3) not null,
  primary key (entry_id, line)
);
create index postings_by_account on topup.postings (account);

create function topup.check_entry() returns trigger language plpgsql as $$
declare
  checked_id bigint := (to_jsonb(new) ->> tg_argv[0])::bigint;
begin
  if (select count(*) from topup.postings where entry_id = checked_id) < 2 then
    raise exception 'journal entry % has fewer than two postings', checked_id
      using errcode = 'integrity_constraint_violation';
  end if;
  perform 1 from topup.postings where entry_id = checked_id
    group by currency having sum(case side when 'debit' then amount_minor else -amount_minor end) <> 0;
  if found then
    raise exception 'journal entry % does not balance', checked_id
      using errcode = 'integrity_constraint_violation';
  end if;
  return null;
end $$;
create constraint trigger journal_entries_balanced after insert on topup.journal_entries
  deferrable initially deferred for each row execute function topup.check_entry('id');
create constraint trigger postings_balanced after insert on topup.postings
  deferrable initially deferred for each row execute function topup.check_entry('entry_id');

-- A balanced pair of lines added later would pass the check above and still rewrite what an entry says.
create function topup.check_same_transaction() returns trigger language plpgsql as $$
begin
  perform 1 from topup.journal_entries where id = new.entry_id and created_xid = pg_current_xact_id();
  if not found then
    raise exception 'journal entry % was posted by an earlier transaction', new.entry_id
      using errcode = 'integrity_constraint_violation';
  end if;
  return new;
end $$;
create trigger postings_with_their_entry before insert on topup.postings
  for each row execute function topup.check_same_transaction();

create trigger journal_entries_append_only before update or delete on topup.journal_entries
  for each row execute function topup.refuse_change();
create trigger journal_entries_kept before truncate on topup.journal_entries
  for each statement execute function topup.refuse_change();
create trigger postings_append_only before update or delete on topup.postings
  for each row execute function topup.refuse_change();
create trigger postings_kept before truncate on topup.postings
  for each statement execute function topup.refuse_change();

-- What each row looked like when it was written, kept where no role can write: a row that was rewritten or removed by
-- whatever means no longer has the seal's digest. Line 0 is the entry itself.
create table topup.ledger_seals (
  entry_id bigint not null,
  line smallint not null,
  digest bigint not null,
  primary key (entry_id, line)
);
create function topup.seal_row() returns trigger language plpgsql security definer as $$
begin
  insert into topup.ledger_seals values (
    (to_jsonb(new) ->> tg_argv[0])::bigint,
    coalesce((to_jsonb(new) ->> 'line')::smallint, 0),
    hash_record_extended(new, 0));
  return null;
end $$;
create trigger journal_entries_sealed after insert on topup.journal_entries
  for each row execute function topup.seal_row('id');
create trigger postings_sealed after insert on topup.postings
  for each row execute function topup.seal_row('entry_id');

-- Each row that is there, or was when it was sealed; not intact when row and seal do not belong together.
create view topup.sealed_rows as
  select entry_id, line, sealed_xid, written_xid,
    rows.digest is not null and rows.digest is not distinct from seals.digest as intact
  from (select *, xmin as sealed_xid from topup.ledger_seals) seals full join (
    select id as entry_id, 0::smallint as line, xmin as written_xid, hash_record_extended(e, 0) as digest
      from topup.journal_entries e
    union all
    select entry_id, line, xmin, hash_record_extended(p, 0) from topup.postings p) rows using (entry_id, line);

-- A cache of the postings to `user_wallet:<wallet_id>`, changed in the transaction that posts.
create table topup.balances (
  wallet_id text not null,
  currency char(3) not null,
  balance_minor bigint not null,
  version bigint not null default 1,
  updated_at timestamptz not null default now(),
  primary key (wallet_id, currency)
);
