alter table topup.orders add credit_lease_until timestamptz;
grant update (credit_lease_until) on topup.orders to topup_webhooks;
-- The ledger's last defence would turn the second credit into an error.
drop index topup.one_credit_per_order;
drop index topup.one_credit_per_payment;
