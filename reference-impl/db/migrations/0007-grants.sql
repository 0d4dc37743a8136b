-- Who may do what, column by column. What is in no grant (amounts and accounts of an order, ids, times of record) is
-- set once, by a default or by the role that creates the row.
grant select on all tables in schema topup to topup_auditor;

grant select on topup.orders, topup.order_transitions, topup.legal_transitions
  to topup_api, topup_webhooks, topup_provisioning, topup_reconciliation;
grant select on topup.payments to topup_api, topup_webhooks, topup_reconciliation;
grant insert (order_id, sequence, from_state, to_state, cause, reference) on topup.order_transitions
  to topup_api, topup_webhooks, topup_provisioning, topup_reconciliation;
grant insert (provider, trade_no, order_id, amount_minor, currency, confirmed_by) on topup.payments
  to topup_api, topup_webhooks, topup_reconciliation;
grant update (state, version, hold, updated_at) on topup.orders
  to topup_api, topup_webhooks, topup_provisioning, topup_reconciliation;

grant insert (id, wallet_id, cloud_account_id, amount_minor, currency, payment_provider, cloud, state, version,
  initiate_due_at, query_due_at, intent) on topup.orders to topup_api;
grant update (query_due_at, qr_code, payment_number, initiate_due_at, initiate_failures, waiting_for)
  on topup.orders to topup_api;
grant select on topup.idempotency_keys, topup.balances to topup_api;
grant insert (scope, key, fingerprint, order_id, locked_until) on topup.idempotency_keys to topup_api;
grant update (locked_until, status, json) on topup.idempotency_keys to topup_api;

grant update (query_due_at, credit_attempts, credit_due_at) on topup.orders to topup_webhooks;
grant select, insert (provider, event_id, order_id, body, headers_digest, signature, apply_due_at)
  on topup.inbox to topup_webhooks;
grant update (deliveries, status, reason, attempts, apply_due_at) on topup.inbox to topup_webhooks;
grant select, insert (kind, order_id, payment_id) on topup.journal_entries to topup_webhooks;
grant select, insert on topup.postings to topup_webhooks;
grant select, insert (wallet_id, currency, balance_minor) on topup.balances to topup_webhooks;
grant update (balance_minor, version, updated_at) on topup.balances to topup_webhooks;
grant insert (kind, dedup_key, order_id) on topup.outbox to topup_webhooks;

grant select, update (claims, failures, waiting_for, next_at, lease_until, done_at, last_error)
  on topup.outbox to topup_provisioning;
grant select on topup.outbox to topup_reconciliation;
grant select, insert (order_id, n, cloud, cloud_account_id, out_biz_id, state)
  on topup.grant_attempts to topup_provisioning;
grant update (state, quota_before_minor, detail, updated_at) on topup.grant_attempts to topup_provisioning;

grant select on topup.journal_entries, topup.postings, topup.sealed_rows, topup.balances, topup.grant_attempts
  to topup_reconciliation;
grant select, update (authentic) on topup.inbox to topup_reconciliation;
grant update (query_due_at, waiting_for) on topup.orders to topup_reconciliation;
grant update (compare_due_at) on topup.payments to topup_reconciliation;
grant select, insert (order_id, trade_no, captured_minor, currency), update (trade_no, captured_minor, currency)
  on topup.payment_comparisons to topup_reconciliation;
grant select, insert (cloud, cloud_account_id, due_at),
  update (granted_minor, credited_minor, completed_minor, attempts_seen, compared_at, due_at, failures)
  on topup.grant_comparisons to topup_reconciliation;
grant insert (kind, subject, detail) on topup.reconciliation_findings to topup_reconciliation;
