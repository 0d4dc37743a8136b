/** Alibaba Cloud's reseller quotas (BSS OpenAPI 2017-12-14): ACS3-HMAC-SHA256, yuan strings, OutBizId as the key. */
import {
  type Call,
  defineProvider,
  type GrantedCredit,
  type OpenProvider,
  type ProviderPorts,
} from '#harness/provider';
import { uuidFrom } from '../numbers.ts';
import { openProvider, type Route } from '../open-provider.ts';
import {
  apiVersion,
  businessRefusals,
  operations,
  type Refusal,
  refusals,
  requiredParameters,
  reseller,
} from './quirks.ts';
import { openAuthenticator } from './sign.ts';
import { openQuotas, type QuotaChange, type Quotas } from './states.ts';
import { businessRefusalReply, readChange, readOwnerId, refusalReply, successReply } from './wire.ts';

/** A handler does the work of a call that has been let in. */
type Handler = (call: Call, requestId: string) => ReturnType<Route['run']>;

const isRefusal = (read: object): read is Refusal => 'status' in read;

const change =
  (quotas: Quotas, granted: (change: QuotaChange) => void): Handler =>
  (call, requestId) => {
    const read = readChange(call);
    if (isRefusal(read)) return refusalReply(requestId, read);
    const result = quotas.change(read);
    if (result === 'other-parameters') return businessRefusalReply(requestId, businessRefusals.otherParameters);
    if (result === 'quota-spent') return businessRefusalReply(requestId, businessRefusals.quotaSpent);
    if (result.applied) granted(read);
    return successReply(requestId, result.availableMinor);
  };

const query =
  (quotas: Quotas): Handler =>
  (call, requestId) => {
    const ownerId = readOwnerId(call);
    if (typeof ownerId !== 'string') return refusalReply(requestId, ownerId);
    return successReply(requestId, quotas.availableMinor(ownerId));
  };

/** Anything wrong before the signature is looked at. */
const refuseForm = (call: Call, action: string): Refusal | undefined => {
  if (call.method !== 'POST') return refusals.httpMethod;
  if (action === '') return refusals.missing('Action');
  if (call.path !== '/' || !requiredParameters.has(action)) return refusals.action;
  return call.headers['x-acs-version'] === apiVersion ? undefined : refusals.version;
};

const refuseMissing = (call: Call, action: string): Refusal | undefined => {
  const name = requiredParameters.get(action)?.find((required) => !call.query.get(required));
  return name === undefined ? undefined : refusals.missing(name);
};

const open = (ports: ProviderPorts): OpenProvider => {
  const random = ports.random.fork('alibaba-cloud');
  const authenticate = openAuthenticator(ports.clock, ports.wall);
  const quotas = openQuotas();
  const grants: GrantedCredit[] = [];

  const granted = ({ outBizId, ownerId, adjustType, amountMinor }: QuotaChange): void => {
    grants.push({
      id: `quota-${grants.length + 1}`,
      provider: 'alibaba-cloud',
      cloudAccount: ownerId,
      reference: outBizId,
      amountMinor: adjustType === 'decrease' ? amountMinor : -amountMinor,
      currency: 'CNY',
      atMs: ports.wall.nowMs(),
    });
  };
  const handlers = new Map<string, Handler>([
    [operations.change, change(quotas, granted)],
    [operations.query, query(quotas)],
  ]);

  return openProvider({
    provider: alibabaCloud,
    ports,
    identity: { ...reseller },
    grants,
    route: (call) => {
      const operation = call.headers['x-acs-action'] ?? '';
      const run = () => {
        const requestId = uuidFrom(random).toUpperCase();
        const refused = refuseForm(call, operation) ?? authenticate(call) ?? refuseMissing(call, operation);
        const handler = handlers.get(operation);
        return refused || !handler ? refusalReply(requestId, refused ?? refusals.action) : handler(call, requestId);
      };
      return { operation, reference: call.query.get('OutBizId') ?? '', run };
    },
  });
};

/** Grants and takes back quota; an amount that is taken back is recorded as a negative grant. */
export const alibabaCloud = defineProvider({
  id: 'alibaba-cloud',
  serves: 'cloud',
  docs: 'https://help.aliyun.com/document_detail/142291.html',
  operations: Object.values(operations),
  open,
});
