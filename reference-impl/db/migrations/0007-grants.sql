-- Who may do what. Amounts, currency and accounts of an order are in no UPDATE grant: they never change.
grant select on all tables in schema topup to topup_auditor, topup_reconciliation;

grant select, insert on topup.orders, topup.idempotency_keys to topup_api;
grant update (locked_until, status, body) on topup.idempotency_keys to topup_api;
grant update (state, version, hold, updated_at, query_due_at, qr_code, initiate_due_at) on topup.orders to topup_api;
grant select, insert on topup.order_transitions, topup.payments to topup_api;
grant select on topup.legal_transitions, topup.balances to topup_api;

grant select on topup.orders, topup.legal_transitions to topup_webhooks;
grant update (state, version, hold, updated_at, query_due_at) on topup.orders to topup_webhooks;
grant select, insert on topup.order_transitions, topup.payments to topup_webhooks;
grant select, insert on topup.inbox to topup_webhooks;
grant update (deliveries, status, reason, attempts, apply_due_at) on topup.inbox to topup_webhooks;
grant select, insert on topup.journal_entries, topup.postings to topup_webhooks;
grant select, insert on topup.balances to topup_webhooks;
grant update (balance_minor, version, updated_at) on topup.balances to topup_webhooks;
grant select, insert on topup.outbox to topup_webhooks;
grant update (next_at, done_at) on topup.outbox to topup_webhooks;

grant select on topup.orders, topup.legal_transitions to topup_provisioning;
grant update (state, version, hold, updated_at) on topup.orders to topup_provisioning;
grant select, insert on topup.order_transitions to topup_provisioning;
grant select, update on topup.outbox to topup_provisioning;
grant select, insert on topup.grant_attempts to topup_provisioning;
grant update (state, quota_before_minor, detail, updated_at) on topup.grant_attempts to topup_provisioning;

grant update (state, version, hold, updated_at, query_due_at) on topup.orders to topup_reconciliation;
grant insert on topup.order_transitions, topup.payments to topup_reconciliation;
grant insert, update, delete on topup.payment_comparisons, topup.grant_comparisons to topup_reconciliation;
grant insert on topup.reconciliation_findings to topup_reconciliation;
