import { parseAddress } from './address.ts';
import { apiErrors } from './api-error.ts';
import { type Body, booleanOf, objectOf, refuseChange, textOf } from './body.ts';

/** What the API can set on a proxy; addresses are valid `host:port` texts, and an empty `listen` is a free port. */
export interface ProxySettings {
  readonly listen: string;
  readonly upstream: string;
  readonly enabled: boolean;
}

/** What a request asks of a new proxy. */
export interface ProxyRequest extends ProxySettings {
  readonly name: string;
}

/** `toxics` and `Logger` stand in the answers of servers, which clients send back. */
const fields = ['name', 'listen', 'upstream', 'enabled', 'toxics', 'Logger'];

const checked = (settings: ProxySettings): ProxySettings => {
  for (const field of ['listen', 'upstream'] as const) {
    if (field === 'listen' && settings.listen === '') continue;
    const address = parseAddress(settings[field], 'localhost');
    if (address === undefined || (field === 'upstream' && address.port === 0)) {
      throw apiErrors.badBody(`${field} must be host:port, not "${settings[field]}"`);
    }
  }
  return settings;
};

const required = (body: Body, field: string, where: string): string => {
  const value = textOf(body, field);
  if (!value) throw apiErrors.missingField(field + where);
  return value;
};

/** Reads a new proxy; it listens on a free port and is enabled unless the body says otherwise. */
export const newProxyOf = (value: unknown, where = ''): ProxyRequest => {
  const body = objectOf(value, 'a proxy', fields);
  const name = required(body, 'name', where);
  if (/[/?#]/.test(name)) throw apiErrors.badBody(`name must not contain / ? or #: "${name}"`);
  if (Array.isArray(body.toxics) && body.toxics.length > 0) {
    throw apiErrors.badBody('toxics cannot be created with a proxy; POST each to /proxies/{name}/toxics');
  }
  const upstream = required(body, 'upstream', where);
  const listen = textOf(body, 'listen') ?? '';
  return { name, ...checked({ listen, upstream, enabled: booleanOf(body, 'enabled', true) }) };
};

/** Reads a list of new proxies, none of which may be wrong. */
export const proxyListOf = (value: unknown): ProxyRequest[] => {
  const list = value ?? [];
  if (!Array.isArray(list)) throw apiErrors.badBody('populate takes a JSON array of proxies');
  return list.map((each, index) => newProxyOf(each, ` at proxy ${index + 1}`));
};

/** Reads new settings of a proxy; what the body leaves out stays. The name cannot change. */
export const proxyUpdateOf = (value: unknown, present: ProxyRequest): ProxySettings => {
  const body = objectOf(value, 'a proxy', fields);
  refuseChange(body, 'name', present.name);
  return checked({
    listen: textOf(body, 'listen') ?? present.listen,
    upstream: textOf(body, 'upstream') ?? present.upstream,
    enabled: booleanOf(body, 'enabled', present.enabled),
  });
};
