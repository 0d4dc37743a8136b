-- A wallet's balance is opened with its first order, so that credits have nothing to wait for but each other's writes.
create function topup.open_balance() returns trigger language plpgsql security definer as $$
begin
  insert into topup.balances (wallet_id, currency, balance_minor) values (new.wallet_id, new.currency, 0)
    on conflict do nothing;
  return null;
end $$;
create trigger orders_open_balance after insert on topup.orders for each row execute function topup.open_balance();
