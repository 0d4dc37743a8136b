/** The routes: who asks, what for, and what is answered. */
import type { Call, Reply } from '#harness/provider';
import { isJson, type Json, readJsonObject, textIn } from '../json-body.ts';
import type { Route } from '../open-provider.ts';
import { type Found, openRouteTable } from '../route-table.ts';
import { type Keys, keyOf } from './idempotency.ts';
import type { Endpoint, Notices } from './notices.ts';
import { account, noticeTypes, operations, type Refusal, refusals } from './quirks.ts';
import type { KeyRing } from './sign.ts';
import { asOf, type Payment, type Payments, refundableMinor, statusOf } from './states.ts';
import type { Till } from './till.ts';
import { isRefusal, objectReply, paymentFields, problemReply, readAmount, readFields, readPayment } from './wire.ts';

/** The parts of the open provider that the API acts on. */
export interface Desk {
  readonly payments: Payments;
  readonly till: Till;
  readonly notices: Notices;
  readonly keys: Keys;
  /** Of endpoints that were made by hand. */
  readonly ring: KeyRing;
  /** Keys for an endpoint of the API. */
  makeRing(id: string): KeyRing;
  nowMs(): number;
}

/** What a handler is asked: about which id in the path, with which fields and query, `lagMs` ago. */
interface Asked {
  readonly id: string;
  readonly fields: Json;
  readonly query: URLSearchParams;
  readonly lagMs: number;
}

/** Answers an object of the API. */
type Handler = (asked: Asked) => object | Refusal;

const knownTypes: readonly string[] = ['*', ...Object.values(noticeTypes)];

const createPayment =
  ({ payments, till }: Desk): Handler =>
  ({ fields }) => {
    const request = readPayment(fields);
    if (isRefusal(request)) return request;
    const { reference } = request;
    if (payments.of(reference).some(({ unpaid }) => unpaid === undefined)) return refusals.referenceTaken(reference);
    return paymentFields(till.create(request));
  };

/** What a query finds of a payment as it was. */
const seen = (desk: Desk, payment: Payment | undefined, lagMs: number): Payment | undefined =>
  payment === undefined || lagMs === 0 ? payment : asOf(payment, desk.nowMs() - lagMs);

const listPayments =
  (desk: Desk): Handler =>
  ({ query, lagMs }) => {
    const reference = query.get('reference');
    if (reference === null) return refusals.invalid('reference');
    const found = desk.payments.of(reference).flatMap((payment) => seen(desk, payment, lagMs) ?? []);
    return { data: found.map(paymentFields) };
  };

const onPayment =
  (desk: Desk, act: (payment: Payment, fields: Json) => object | Refusal): Handler =>
  ({ id, fields, lagMs }) => {
    const payment = seen(desk, desk.payments.byId(id), lagMs);
    return payment === undefined ? refusals.noSuchPayment(id) : act(payment, fields);
  };

const cancel = ({ till }: Desk, payment: Payment): object | Refusal => {
  if (statusOf(payment) !== 'pending') return refusals.otherState(statusOf(payment));
  till.end(payment, 'canceled');
  return paymentFields(payment);
};

/** Without an amount all that is left is given back. */
const refund = ({ till }: Desk, payment: Payment, fields: Json): object | Refusal => {
  const leftMinor = refundableMinor(payment);
  const wantedMinor = Object.hasOwn(fields, 'amount') ? readAmount(fields) : leftMinor;
  if (isRefusal(wantedMinor)) return wantedMinor;
  if (leftMinor === 0n) return refusals.otherState(statusOf(payment));
  if (wantedMinor > leftMinor) return refusals.refundTooLarge(String(leftMinor));
  till.giveBack(payment, wantedMinor);
  return paymentFields(payment);
};

const secretFields = ({ current }: KeyRing) => ({ secret: current.secret, public_key: current.publicKey });

const endpointFields = ({ id, url, types, isDisabled }: Endpoint) => ({
  id,
  url,
  types,
  status: isDisabled ? 'disabled' : 'enabled',
});

const createEndpoint =
  ({ notices, makeRing }: Desk): Handler =>
  ({ fields }) => {
    const url = textIn(fields, 'url');
    if (!/^https?:$/.test(URL.parse(url)?.protocol ?? '')) return refusals.invalid('url');
    const types = Object.hasOwn(fields, 'types') ? fields.types : ['*'];
    const isKnown = (type: unknown): boolean => typeof type === 'string' && knownTypes.includes(type);
    if (!Array.isArray(types) || types.length === 0 || !types.every(isKnown)) return refusals.invalid('types');
    const endpoint = notices.addEndpoint(url, types as string[], makeRing);
    return { ...endpointFields(endpoint), ...secretFields(endpoint.ring) };
  };

const onEndpoint =
  ({ notices }: Desk, act: (endpoint: Endpoint) => object): Handler =>
  ({ id }) => {
    const endpoint = notices.endpoints.find((one) => one.id === id);
    return endpoint === undefined ? refusals.noSuchEndpoint(id) : act(endpoint);
  };

const rotate = (ring: KeyRing): object => {
  ring.rotate();
  return secretFields(ring);
};

const handlersOf = (desk: Desk): Readonly<Record<string, Handler>> => ({
  [operations.createPayment]: createPayment(desk),
  [operations.listPayments]: listPayments(desk),
  [operations.readPayment]: onPayment(desk, paymentFields),
  [operations.cancelPayment]: onPayment(desk, (payment) => cancel(desk, payment)),
  [operations.createRefund]: onPayment(desk, (payment, fields) => refund(desk, payment, fields)),
  [operations.createEndpoint]: createEndpoint(desk),
  [operations.readEndpoint]: onEndpoint(desk, endpointFields),
  [operations.rotateEndpointSecret]: onEndpoint(desk, ({ ring }) => rotate(ring)),
  [operations.rotateSecret]: () => rotate(desk.ring),
});

const isCaller = ({ headers }: Call): boolean => headers.authorization === `Bearer ${account.apiKey}`;

/** What makes something has another status than what changes it. */
const created: readonly string[] = [operations.createPayment, operations.createRefund, operations.createEndpoint];

const answered = (found: Found<Handler>, call: Call, lagMs: number): { reply: Reply; isStored: boolean } => {
  const fields = call.method === 'GET' ? {} : readFields(call); // What a GET brings has no meaning (RFC 9110).
  const result = isRefusal(fields) ? fields : found.handler({ id: found.part, fields, query: call.query, lagMs });
  if (isRefusal(result)) return { reply: problemReply(result), isStored: result.isStored };
  return { reply: objectReply(created.includes(found.operation) ? 201 : 200, result), isStored: true };
};

/** The merchant's name for what a call is about: its reference, else the id that it names, else its key. */
const referenceOf = ({ payments }: Desk, id: string, call: Call): string => {
  const body = readJsonObject(call.body);
  const named = (isJson(body) && textIn(body, 'reference')) || call.query.get('reference');
  return named || (payments.byId(id)?.reference ?? (id || keyOf(call)));
};

/** The routes; whoever has no key is refused before anything else is looked at. */
export const openRoutes = (desk: Desk): ((call: Call) => Route) => {
  const find = openRouteTable(handlersOf(desk));
  return (call) => {
    const found = find(call.method, call.path);
    const isFound = found !== undefined && found !== 'other-method';
    const run = (lagMs: number): Reply => {
      const asked = `${call.method} ${call.path}`;
      if (!isCaller(call)) return problemReply(refusals.unauthorized);
      if (found === 'other-method') return problemReply(refusals.otherMethod(asked));
      if (found === undefined) return problemReply(refusals.noSuchRoute(asked));
      const result = desk.keys.answer(call, () => answered(found, call, lagMs));
      return isRefusal(result) ? problemReply(result) : result;
    };
    const [operation, id] = isFound ? [found.operation, found.part] : ['unknown', ''];
    return { operation, reference: referenceOf(desk, id, call), isAuthentic: () => isCaller(call), run };
  };
};
