/** The operations, which share one path: who asks, what for, and what is answered. */
import type { Clock } from '#harness/clock';
import type { Call, Reply } from '#harness/provider';
import { namelessIntent } from '../granting.ts';
import { once } from '../once.ts';
import type { Route } from '../open-provider.ts';
import { openRateLimit } from '../rate-limit.ts';
import {
  apiVersion,
  businessRefusals,
  callsPerSecondMax,
  oddAccounts,
  operations,
  type Refusal,
  refusals,
  requiredParameters,
} from './quirks.ts';
import { openAuthenticator, type Proof } from './sign.ts';
import { isRpcSigned, readRpcParameters } from './sign-rpc.ts';
import type { Movement, Quotas, Reseller } from './states.ts';
import {
  businessRefusalReply,
  readChange,
  readOwnerId,
  readSetting,
  readTransactionsQuery,
  refusalReply,
  successReply,
  transactionsData,
  yuan,
  yuanWithCommas,
} from './wire.ts';

/** The parts of the open provider that the API acts on. */
export interface Desk {
  readonly quotas: Quotas;
  readonly clock: Clock;
  readonly wall: Clock;
  makeRequestId(): string;
}

/** What is asked for: in signed headers and the query, or all in parameters. */
interface Asked {
  readonly action: string;
  readonly version: string;
  readonly given: URLSearchParams;
}

/** What a handler is asked, and by whom; a query knows what was so by `untilMs`. */
interface Question {
  readonly caller: Reseller;
  readonly given: URLSearchParams;
  readonly requestId: string;
  readonly untilMs: number;
  /** As `Route.run`. */
  readonly unseenCount: number;
}

/** A handler does the work of a call that has been let in. */
type Handler = (asked: Question) => Reply | Refusal;

const isRefusal = (read: object | string): read is Refusal =>
  typeof read === 'object' && 'status' in read && 'code' in read;

/** Why an account cannot be served, or undefined. */
const refuseOwner = (ownerId: string): Refusal | undefined => {
  if (ownerId === oddAccounts.foreignOwnerId) return refusals.notApplicable;
  if (ownerId === oddAccounts.brokenOwnerId) return refusals.internal;
  return ownerId === oddAccounts.failingOwnerId ? refusals.inner : undefined;
};

const change =
  ({ quotas, clock }: Desk): Handler =>
  ({ caller, given, requestId }) => {
    const read = readChange(given);
    const refused = isRefusal(read) ? read : refuseOwner(read.ownerId);
    if (isRefusal(read) || refused !== undefined) return refused ?? refusals.internal;
    const result = quotas.change(caller, read, clock.nowMs());
    if (result === 'other-parameters') return businessRefusalReply(requestId, businessRefusals.otherParameters);
    if (result === 'quota-spent') return businessRefusalReply(requestId, businessRefusals.quotaSpent);
    if (result === 'float-spent') return businessRefusalReply(requestId, businessRefusals.floatSpent);
    return successReply(requestId, yuan(result.availableMinor));
  };

const set =
  ({ quotas, clock }: Desk): Handler =>
  ({ caller, given, requestId }) => {
    const read = readSetting(given);
    const refused = isRefusal(read) ? read : refuseOwner(read.ownerId);
    if (isRefusal(read) || refused !== undefined) return refused ?? refusals.internal;
    const isSet = quotas.set(caller, read, clock.nowMs()) === 'set';
    return isSet ? successReply(requestId, true) : businessRefusalReply(requestId, businessRefusals.floatSpent);
  };

/** What left the resellers after `untilMs`, for one account or for all of one reseller. */
const laterMinor = (movements: readonly Movement[], untilMs: number, ownerId?: string): bigint =>
  movements
    .filter((one) => one.atMs > untilMs && (ownerId ?? one.ownerId) === one.ownerId)
    .reduce((sum, { amountMinor }) => sum + amountMinor, 0n);

const query =
  ({ quotas }: Desk): Handler =>
  ({ given, requestId, untilMs }) => {
    const ownerId = readOwnerId(given);
    if (isRefusal(ownerId)) return ownerId;
    const later = laterMinor([...quotas.movements('rich'), ...quotas.movements('poor')], untilMs, ownerId);
    return refuseOwner(ownerId) ?? successReply(requestId, yuan(quotas.availableMinor(ownerId) - later));
  };

const balance =
  ({ quotas }: Desk): Handler =>
  ({ caller, requestId, untilMs }) => {
    const later = laterMinor(quotas.movements(caller), untilMs);
    const available = yuanWithCommas(quotas.floatMinor(caller) + later);
    return successReply(requestId, {
      AvailableAmount: available,
      AvailableCashAmount: available,
      CreditAmount: '0.00',
      MybankCreditAmount: '0.00',
      QuotaLimit: '0.00',
      Currency: 'CNY',
    });
  };

const transactions =
  ({ quotas, clock }: Desk): Handler =>
  ({ caller, given, requestId, untilMs, unseenCount }) => {
    const read = readTransactionsQuery(given, clock.nowMs());
    if (isRefusal(read)) return read;
    const known = quotas.movements(caller).filter((one) => one.atMs <= untilMs && read.matches(one));
    return successReply(requestId, transactionsData(known.slice(unseenCount), read));
  };

const readAsked = (call: Call): Asked => {
  const parameters = readRpcParameters(call);
  const isRpc = call.headers.authorization === undefined && isRpcSigned(parameters);
  const [action, version] = isRpc
    ? [parameters.get('Action'), parameters.get('Version')]
    : [call.headers['x-acs-action'], call.headers['x-acs-version']];
  return { action: action ?? '', version: version ?? '', given: isRpc ? parameters : call.query };
};

/** Anything wrong before the signature is looked at. */
const refuseForm = (call: Call, { action, version }: Asked): Refusal | undefined => {
  if (call.method !== 'POST' && call.method !== 'GET') return refusals.httpMethod;
  if (action === '') return refusals.missing('Action');
  if (call.path !== '/' || !requiredParameters.has(action)) return refusals.action;
  return version === apiVersion ? undefined : refusals.version;
};

const refuseMissing = ({ action, given }: Asked): Refusal | undefined => {
  const name = requiredParameters.get(action)?.find((required) => !given.get(required));
  return name === undefined ? undefined : refusals.missing(name);
};

/** The caller's own number; a quota that is set without one is known by account and amount. */
const referenceOf = ({ action, given }: Asked): string => {
  const outBizId = given.get('OutBizId') ?? '';
  if (action !== operations.set || outBizId !== '') return outBizId;
  const read = readSetting(given);
  return isRefusal(read) ? '' : namelessIntent(read.ownerId, { amountMinor: read.quotaMinor, currency: 'CNY' });
};

/** The routes. Nothing is done or counted before the signature has been verified. */
export const openRoutes = (desk: Desk): ((call: Call) => Route) => {
  const handlers: ReadonlyMap<string, Handler> = new Map([
    [operations.change, change(desk)],
    [operations.set, set(desk)],
    [operations.query, query(desk)],
    [operations.balance, balance(desk)],
    [operations.transactions, transactions(desk)],
  ]);
  const authenticate = openAuthenticator(desk.clock, desk.wall);
  const letThrough = openRateLimit(desk.clock, callsPerSecondMax);

  type Seen = Pick<Question, 'requestId' | 'untilMs' | 'unseenCount'>;
  const answer = (call: Call, asked: Asked, seen: Seen, prove: () => Proof | Refusal): Reply | Refusal => {
    const proof = refuseForm(call, asked) ?? prove();
    if (isRefusal(proof)) return proof;
    if (!proof.take()) return refusals.nonceUsed;
    const handler = handlers.get(asked.action);
    if (handler === undefined) return refusals.action;
    if (!letThrough(asked.action)) return refusals.tooOften;
    const { caller } = proof;
    if (caller === 'denied') return refusals.notAuthorized;
    return refuseMissing(asked) ?? handler({ caller, given: asked.given, ...seen });
  };

  return (call) => {
    const asked = readAsked(call);
    const prove = once(() => authenticate(call));
    const run = (lagMs: number, unseenCount: number): Reply => {
      const requestId = desk.makeRequestId();
      const result = answer(call, asked, { requestId, untilMs: desk.clock.nowMs() - lagMs, unseenCount }, prove);
      return isRefusal(result) ? refusalReply(requestId, result) : result;
    };
    const isAuthentic = (): boolean => {
      const proof = refuseForm(call, asked) ?? prove();
      return !isRefusal(proof) && proof.isNew();
    };
    return { operation: asked.action, reference: referenceOf(asked), isAuthentic, run };
  };
};
