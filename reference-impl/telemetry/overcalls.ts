/** Tells of orders for which a provider is called more often than any policy allows, whoever is to blame. */
import type { Show } from './gauges.ts';

/** More calls of one operation for one order, all in a row without an answer, are too many. */
const unansweredMax = 12;

/** Notes how a call for an order ended. */
export type NoteCall = (operation: string, orderId: string, isAnswered: boolean) => void;

/** Shows how many orders were called for too often since this process began; remembers those without an answer yet. */
export const overcallsIn = (show: Show, dependency: string): NoteCall => {
  const unanswered = new Map<string, number>();
  let orders = 0;
  show('topup_orders_overcalled', { dependency }, () => orders);
  return (operation, orderId, isAnswered) => {
    const key = `${operation} ${orderId}`;
    const times = (unanswered.get(key) ?? 0) + 1;
    if (isAnswered) unanswered.delete(key);
    else unanswered.set(key, times);
    if (!isAnswered && times === unansweredMax + 1) orders += 1;
  };
};
