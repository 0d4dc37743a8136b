-- The ledger's last defence would turn the second credit into an error.
drop index topup.one_credit_per_order;
drop index topup.one_credit_per_payment;
