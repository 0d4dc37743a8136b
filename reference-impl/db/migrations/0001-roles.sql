-- One login role per process and one for the auditor. Roles belong to the whole server, so another database may be
-- creating the same ones at this moment: whoever comes second finds them there.
do $$
declare
  role_name text;
begin
  foreach role_name in array array[
    'topup_api', 'topup_webhooks', 'topup_provisioning', 'topup_reconciliation', 'topup_auditor'
  ] loop
    begin
      execute format('create role %I login', role_name);
    exception when duplicate_object or unique_violation then
      null;
    end;
  end loop;
end $$;

create schema topup;

-- A schema `sim`, where there is one, supplies now(); without USAGE a session would silently fall back to real time.
do $$
declare
  schema_name text;
begin
  for schema_name in select nspname from pg_namespace where nspname in ('topup', 'sim') loop
    execute format(
      'grant usage on schema %I to topup_api, topup_webhooks, topup_provisioning, topup_reconciliation, topup_auditor',
      schema_name);
  end loop;
end $$;

create function topup.refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '%.% is append-only: % refused', tg_table_schema, tg_table_name, tg_op
    using errcode = 'integrity_constraint_violation', hint = 'correct by a new row that refers to the old one';
end $$;
