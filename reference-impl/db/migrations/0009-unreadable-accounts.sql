-- An account whose reading stops at an entry that cannot be read, since when; null: it can.
alter table topup.bank_accounts add unreadable_since timestamptz;
-- It may be so from the beginning.
alter table topup.bank_accounts alter swept_at drop not null;

grant insert (unreadable_since), update (unreadable_since) on topup.bank_accounts to topup_reconciliation;
