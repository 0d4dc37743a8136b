/** Drives planned traffic through a running world: buyers create orders, wait until they can pay, pay, and confirm. */
import { creditedStates } from '../anomalies/watched-wallets.ts';
import type { Intent } from '../books.ts';
import { type Clock, sleep } from '../clock.ts';
import { errors } from '../errors.ts';
import type { History, Operation, OperationKind } from '../history.ts';
import type { HttpAdapter, HttpRequest, HttpResponse, ShownOrder } from '../target.ts';
import type { PlannedOrder, PlannedTraffic } from '../workload.ts';
import type { MetProvider, RunningWorld } from '../world.ts';
import type { Buyers } from './drive.ts';

/** How buyers behave when the system does not answer at once, in milliseconds of the clock. */
interface Patience {
  readonly retryAfterMs: number;
  readonly payableWithinMs: number;
  readonly lookEveryMs: number;
}

const usual: Patience = { retryAfterMs: 20, payableWithinMs: 20_000, lookEveryMs: 100 };

/** Where traffic goes, and who writes it down. */
export interface Surroundings {
  readonly world: Pick<RunningWorld, 'request' | 'providers'>;
  readonly adapter: HttpAdapter;
  readonly clock: Clock;
  readonly history: History;
  /** Left out: what suits real time. */
  readonly patience?: Patience;
}

interface Traffic extends Required<Surroundings> {
  readonly unreadable: string[];
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const outcomeOf = (status: number): Operation['outcome'] =>
  status === 0 || status >= 500 ? 'unknown' : status < 400 ? 'ok' : 'failed';

const built = (member: string, build: () => HttpRequest): HttpRequest => {
  try {
    return build();
  } catch (error) {
    throw errors.targetFailed(`http.${member}`, error);
  }
};

/** Sends a request; its answer, and when and how it came. */
const asked = async (to: Traffic, request: HttpRequest) => {
  const [invokedMs, begunNth] = [to.clock.nowMs(), to.history.moment()];
  const response: HttpResponse = await to.world.request(request);
  const [completedMs, endedNth] = [to.clock.nowMs(), to.history.moment()];
  const { status } = response;
  return { response, invokedMs, completedMs, begunNth, endedNth, status, outcome: outcomeOf(status) };
};

/** What `read` finds in an answer; that it cannot be read is put on record. */
const understood = <Found>(
  to: Traffic,
  kind: OperationKind,
  response: HttpResponse,
  read: (response: HttpResponse) => Found | undefined,
): Found | undefined => {
  try {
    return read(response);
  } catch (error) {
    to.unreadable.push(`the answer ${response.status} to ${kind} cannot be read: ${reasonOf(error)}`);
    return undefined;
  }
};

/** Sends one request about the order of `ordinal` and records it. */
const ask = async (to: Traffic, kind: OperationKind, ordinal: number, request: HttpRequest) => {
  const { response, ...when } = await asked(to, request);
  const order = understood(to, kind, response, to.adapter.orderIn);
  const shown = order === undefined ? { subject: null } : { subject: order.id, shownState: order.state };
  to.history.add({ kind, ordinal, ...when, ...shown });
  return { response, order };
};

/** Has the buyer of `ordinal` look at the balance. */
const lookAt = async (to: Traffic, wallet: string, ordinal: number): Promise<void> => {
  const { response, ...when } = await asked(
    to,
    built('readWallet', () => to.adapter.readWallet(wallet)),
  );
  const shownMinor = understood(to, 'read-wallet', response, to.adapter.balanceIn);
  const shown = shownMinor === undefined ? {} : { shownMinor };
  to.history.add({ kind: 'read-wallet', ordinal, ...when, subject: wallet, ...shown });
};

/** One request under a key, however often it is sent, and what came of it. */
interface Wish {
  readonly planned: PlannedOrder;
  readonly orders: ShownOrder[];
  requests: number;
  unanswered: number;
  refused: number;
}

const wishFor = (planned: PlannedOrder): Wish => ({ planned, orders: [], requests: 0, unanswered: 0, refused: 0 });

const intentOf = ({ planned, orders, ...counts }: Wish): Intent => {
  const { idempotencyKey: key, wallet, amountMinor } = planned;
  return { key, wallet, amountMinor, ...counts, orderIds: [...new Set(orders.map(({ id }) => id))] };
};

/** Sends it, and again while there is no final answer, as a stubborn client does. */
const create = async (to: Traffic, wish: Wish): Promise<void> => {
  const { planned } = wish;
  wish.requests += 1;
  const untilMs = to.clock.nowMs() + to.patience.payableWithinMs;
  for (;;) {
    const request = built('createOrder', () => to.adapter.createOrder(planned));
    const { response, order } = await ask(to, 'create-order', planned.ordinal, request);
    if (order !== undefined) {
      wish.orders.push(order);
      return;
    }
    if (outcomeOf(response.status) === 'unknown') wish.unanswered += 1;
    const retryable = response.status === 0 || response.status === 409 || response.status >= 500;
    if (!retryable) wish.refused += 1;
    if (!retryable || to.clock.nowMs() >= untilMs) return;
    await sleep(to.clock, to.patience.retryAfterMs);
  }
};

/** The order that the buyer goes on with, and each request under its key. */
const place = async (to: Traffic, planned: PlannedOrder) => {
  const wanted = wishFor(planned);
  const others = (planned.otherAmounts ?? []).map((amountMinor) => wishFor({ ...planned, amountMinor }));
  const wishes = [wanted, ...others];
  const clicks = Array.from({ length: planned.createsAtOnce }, () => create(to, wanted));
  await Promise.all([...clicks, ...others.map((other) => create(to, other))]);
  const order = wishes.flatMap(({ orders }) => orders)[0];
  // Of what came at once any may have been first; now the key is taken.
  if (order !== undefined) await Promise.all(others.map((other) => create(to, other)));
  return { order, intents: wishes.map(intentOf) };
};

const untilPayable = async (to: Traffic, ordinal: number, order: ShownOrder): Promise<ShownOrder | undefined> => {
  const untilMs = to.clock.nowMs() + to.patience.payableWithinMs;
  let shown = order;
  while (!shown.payable) {
    if (to.clock.nowMs() >= untilMs) return undefined;
    await sleep(to.clock, to.patience.retryAfterMs);
    const request = built('readOrder', () => to.adapter.readOrder(order.id));
    shown = (await ask(to, 'read-order', ordinal, request)).order ?? shown;
  }
  return shown;
};

const pay = async (to: Traffic, planned: PlannedOrder, order: ShownOrder): Promise<void> => {
  const cashier = to.world.providers.find(
    ({ id, pay: takes }) => takes !== undefined && id === (planned.via?.payment ?? id),
  ) as Required<MetProvider>;
  const confirms = Array.from({ length: planned.confirmsAtOnce }, () =>
    ask(
      to,
      'confirm-order',
      planned.ordinal,
      built('confirmOrder', () => to.adapter.confirmOrder(order.id)),
    ),
  );
  const paidMs = to.clock.nowMs();
  const paid = {
    kind: 'pay',
    ordinal: planned.ordinal,
    invokedMs: paidMs,
    completedMs: paidMs,
    subject: order.id,
  } as const;
  try {
    const paying = cashier.pay(order.reference, { amountMinor: planned.amountMinor, currency: planned.currency });
    if (paying !== undefined) await paying;
    to.history.add({ ...paid, outcome: 'ok', status: 200 });
  } catch (error) {
    to.history.add({ ...paid, outcome: 'failed', status: 404 });
    to.unreadable.push(`order ${order.id} cannot be paid as ${order.reference}: ${reasonOf(error)}`);
  }
  await Promise.all([...confirms, watchMoney(to, planned, order.id)]);
};

/** A buyer who has paid looks at order and wallet in turn; the look after the order told of its money is the last. */
const watchMoney = async (
  to: Traffic,
  { looks = 0, ordinal, wallet }: PlannedOrder,
  orderId: string,
): Promise<void> => {
  for (let nth = 1; nth <= looks; nth += 1) {
    const request = built('readOrder', () => to.adapter.readOrder(orderId));
    const { order } = await ask(to, 'read-order', ordinal, request);
    await lookAt(to, wallet, ordinal);
    if (creditedStates.has(order?.state ?? '')) return;
    await sleep(to.clock, to.patience.lookEveryMs);
  }
};

/** Runs all batches; resolves when every buyer has paid or given up. */
export const executeTraffic = async (traffic: PlannedTraffic, surroundings: Surroundings): Promise<Buyers> => {
  const to: Traffic = { patience: usual, ...surroundings, unreadable: [] };
  const ordinals = new Map<string, number>();
  const intents: Intent[] = [];
  const prepare = async (planned: PlannedOrder) => {
    const placed = await place(to, planned);
    intents.push(...placed.intents);
    if (placed.order === undefined) return undefined;
    ordinals.set(placed.order.reference, planned.ordinal);
    return untilPayable(to, planned.ordinal, placed.order);
  };
  for (const batch of traffic.batches) {
    const ready = await Promise.all(batch.map(async (planned) => ({ planned, order: await prepare(planned) })));
    await Promise.all(ready.map(({ planned, order }) => (order === undefined ? undefined : pay(to, planned, order))));
  }
  const wallets = [...new Set(traffic.batches.flat().map(({ wallet }) => wallet))];
  return { intents, ordinals, wallets, unreadable: to.unreadable, evidence: [] };
};
