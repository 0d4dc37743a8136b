/** The operations of both APIs, which share one path: who asks, what for, and what is answered. */
import type { Clock } from '#harness/clock';
import type { Call, Reply } from '#harness/provider';
import { beijingTime } from '../beijing-time.ts';
import { namelessIntent } from '../granting.ts';
import { once } from '../once.ts';
import type { Route } from '../open-provider.ts';
import { openRateLimit } from '../rate-limit.ts';
import {
  commonRefusals,
  limits,
  oddAccounts,
  operations,
  operationTable,
  partner,
  type Refusal,
  refusals,
} from './quirks.ts';
import { type Caller, openAuthenticator } from './sign.ts';
import type { Allocation, Floats, Market, Partner } from './states.ts';
import {
  type Asked,
  centsOf,
  dollars,
  envelope,
  fen,
  isRefusal,
  listOf,
  type Parameters,
  readAsked,
  refusalReply,
  refuseParameters,
  textOf,
} from './wire.ts';

/** The parts of the open provider that the API acts on. */
export interface Desk {
  readonly floats: Floats;
  readonly clock: Clock;
  readonly wall: Clock;
  makeRequestId(): string;
  /** Is told of all that was granted. */
  granted(allocation: Allocation): void;
}

/** What a handler is asked, and by whom; a query knows what was so by `untilMs`. */
interface Question {
  readonly caller: Partner;
  readonly given: Parameters;
  readonly untilMs: number;
  /** As `Route.run`. */
  readonly unseenCount: number;
}

/** Answers the fields of `Response`, or a refusal. */
type Handler = (asked: Question) => object | Refusal;

const allocate =
  ({ floats, clock, granted }: Desk): Handler =>
  ({ caller, given }) => {
    const clientUin = textOf(given, 'ClientUin');
    if (clientUin === oddAccounts.foreignUin) return refusals.noAuth;
    if (clientUin === oddAccounts.brokenUin) return refusals.failed;
    const amountMinor = centsOf(textOf(given, 'AddedCredit'));
    if (amountMinor === undefined || amountMinor === 0n) return refusals.outOfRange;
    const allocation = floats.allocate({
      market: 'international',
      partner: caller,
      clientUin,
      amountMinor,
      remark: textOf(given, 'Remark'),
      atMs: clock.nowMs(),
    });
    if (allocation === 'noFunds') return refusals.outOfRange;
    granted(allocation);
    const credit = dollars(allocation.afterMinor);
    return { TotalCredit: credit, RemainingCredit: credit };
  };

const historyRow = ({ amountMinor, afterMinor, remark, atMs }: Allocation): object => ({
  AllocatedTime: beijingTime(atMs),
  Operator: partner.uin,
  Credit: dollars(amountMinor),
  AllocatedCredit: dollars(afterMinor),
  ClientCreditAfter: dollars(afterMinor),
  Remark: remark,
});

/** What a customer had by `untilMs`. */
const heldMinor = (floats: Floats, market: Market, clientUin: string, untilMs: number): bigint =>
  floats.history(market, clientUin).find(({ atMs }) => atMs <= untilMs)?.afterMinor ?? 0n;

const history =
  ({ floats }: Desk): Handler =>
  ({ given, untilMs, unseenCount }) => {
    const clientUin = textOf(given, 'ClientUin');
    if (clientUin === oddAccounts.foreignUin || clientUin === oddAccounts.brokenUin) return refusals.failed;
    const [page, size] = [
      Number(textOf(given, 'Page') || 1),
      Number(textOf(given, 'PageSize') || limits.pageSizeUnasked),
    ];
    if (page < 1 || size < 1 || size > limits.pageSizeMax) return refusals.failed;
    const known = floats.history('international', clientUin).filter(({ atMs }) => atMs <= untilMs);
    const all = known.slice(unseenCount);
    return { Total: all.length, History: all.slice((page - 1) * size, page * size).map(historyRow) };
  };

const credits =
  ({ floats }: Desk): Handler =>
  ({ given, untilMs }) => {
    const uins = listOf(given, 'UinList');
    if (uins.length !== given.size || uins.length > limits.uinsMax) return refusals.uinList;
    if (uins.includes(oddAccounts.foreignUin)) return refusals.notCustomer;
    if (uins.includes(oddAccounts.busyUin)) return refusals.busy;
    if (uins.includes(oddAccounts.brokenUin)) return refusals.internal;
    return {
      Data: uins.map((uin) => {
        const credit = dollars(heldMinor(floats, 'international', uin, untilMs));
        // The vendor writes uins as JSON numbers, whose digits survive here as far as JavaScript's reach.
        return { Uin: Number(uin), TotalCredit: credit, RemainingCredit: credit };
      }),
    };
  };

const partnerCredit =
  ({ floats }: Desk): Handler =>
  ({ caller }) => {
    const remaining = floats.floatMinor('international', caller);
    const allocated = floats.allocatedMinor('international', caller);
    return {
      TotalCredit: dollars(remaining + allocated),
      RemainingCredit: dollars(remaining),
      AllocatedCredit: dollars(allocated),
      CustomerTotalCredit: dollars(allocated),
      CustomerRemainingCredit: dollars(allocated),
    };
  };

/** Why a customer of the mainland cannot be served, or undefined. */
const refuseClient = (clientUin: string): Refusal | undefined => {
  if (clientUin === oddAccounts.foreignUin) return refusals.unauthorized;
  return clientUin === oddAccounts.brokenUin ? refusals.internal : undefined;
};

const transfer =
  ({ floats, clock, granted }: Desk): Handler =>
  ({ caller, given }) => {
    const [clientUin, amountMinor] = [textOf(given, 'ClientUin'), BigInt(textOf(given, 'Amount'))];
    const refused = refuseClient(clientUin);
    if (refused !== undefined) return refused;
    if (clientUin === '' || amountMinor <= 0n) return refusals.amount;
    const request = { market: 'mainland', partner: caller, clientUin, amountMinor, remark: '' } as const;
    const allocation = floats.allocate({ ...request, atMs: clock.nowMs() });
    if (allocation === 'noFunds') return refusals.noFunds;
    granted(allocation);
    return {};
  };

const balance =
  ({ floats }: Desk): Handler =>
  ({ given, untilMs }) => {
    const clientUin = textOf(given, 'ClientUin');
    const refused = refuseClient(clientUin);
    if (refused !== undefined) return refused;
    const held = fen(heldMinor(floats, 'mainland', clientUin, untilMs));
    return { Balance: held, Cash: held };
  };

const refuseForm = (call: Call, asked: Asked | undefined): Refusal | undefined => {
  if (call.method !== 'GET' && call.method !== 'POST') return commonRefusals.method;
  if (call.path !== '/' || asked === undefined) return commonRefusals.request;
  if (asked.action === '') return commonRefusals.missing('Action');
  const operation = operationTable.get(asked.action);
  if (operation === undefined) return commonRefusals.action(asked.action);
  return operation.version === asked.version ? undefined : commonRefusals.version;
};

/** The remark of a grant; elsewhere account and amount are all there is. */
const referenceOf = (asked: Asked | undefined): string => {
  if (asked === undefined) return '';
  const { action, given } = asked;
  const clientUin = textOf(given, 'ClientUin');
  if (action === operations.allocate) {
    const amountMinor = centsOf(textOf(given, 'AddedCredit'));
    if (amountMinor === undefined) return textOf(given, 'Remark');
    return textOf(given, 'Remark') || namelessIntent(clientUin, { amountMinor, currency: 'USD' });
  }
  const amount = textOf(given, 'Amount');
  if (action !== operations.transfer || !/^\d{1,19}$/.test(amount)) return '';
  return namelessIntent(clientUin, { amountMinor: BigInt(amount), currency: 'CNY' });
};

/** The routes. Nothing is done or counted before the signature has been verified. */
export const openRoutes = (desk: Desk): ((call: Call) => Route) => {
  const handlers: ReadonlyMap<string, Handler> = new Map([
    [operations.allocate, allocate(desk)],
    [operations.history, history(desk)],
    [operations.credits, credits(desk)],
    [operations.partnerCredit, partnerCredit(desk)],
    [operations.transfer, transfer(desk)],
    [operations.balance, balance(desk)],
  ]);
  const limiters = new Map(
    Array.from(operationTable, ([action, { callsPerSecondMax }]) => [
      action,
      openRateLimit(desk.clock, callsPerSecondMax),
    ]),
  );
  const authenticate = openAuthenticator([desk.clock, desk.wall]);

  type Seen = Pick<Question, 'untilMs' | 'unseenCount'>;
  const answer = (call: Call, asked: Asked | undefined, seen: Seen, callerOf: () => Caller | Refusal) => {
    const refused = refuseForm(call, asked);
    if (refused !== undefined || asked === undefined) return refused ?? commonRefusals.request;
    const { action, given } = asked;
    const caller = callerOf();
    if (isRefusal(caller)) return caller;
    const [operation, handler] = [operationTable.get(action), handlers.get(action)];
    if (operation === undefined || handler === undefined) return commonRefusals.action(action);
    if (limiters.get(action)?.(action) === false) return commonRefusals.tooOften(operation.callsPerSecondMax);
    if (caller === 'denied') return commonRefusals.denied(action);
    return refuseParameters(given, operation) ?? handler({ caller, given, ...seen });
  };

  return (call) => {
    const asked = readAsked(call);
    const authenticated = once(() => authenticate(call));
    const run = (lagMs: number, unseenCount: number): Reply => {
      const requestId = desk.makeRequestId();
      const result = answer(call, asked, { untilMs: desk.clock.nowMs() - lagMs, unseenCount }, authenticated);
      return isRefusal(result) ? refusalReply(requestId, result) : envelope(requestId, result);
    };
    const isAuthentic = (): boolean => refuseForm(call, asked) === undefined && !isRefusal(authenticated());
    return { operation: asked?.action ?? '', reference: referenceOf(asked), isAuthentic, run };
  };
};
