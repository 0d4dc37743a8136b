import { ApiError, apiErrors } from './api-error.ts';
import { FaultProxy, type ProxyPorts } from './fault-proxy.ts';
import type { ProxyRequest } from './proxy-body.ts';

/** All proxies of a server by name. Calls must not overlap; the API runs one after the other. */
export class ProxyTable {
  readonly #ports: ProxyPorts;
  readonly #proxies = new Map<string, FaultProxy>();

  /** Each proxy gets its own fork of `ports.random`, by its name. */
  constructor(ports: ProxyPorts) {
    this.#ports = ports;
  }

  /** In the order of creation. */
  all(): FaultProxy[] {
    return [...this.#proxies.values()];
  }

  /** Throws if there is none of this name. */
  get(name: string): FaultProxy {
    const proxy = this.#proxies.get(name);
    if (proxy === undefined) throw apiErrors.proxyNotFound(name, this.#proxies.keys());
    return proxy;
  }

  /** Creates a proxy and opens it if asked; rejects if the name is taken or the port cannot be opened. */
  async create(request: ProxyRequest): Promise<FaultProxy> {
    if (this.#proxies.has(request.name)) throw apiErrors.proxyExists(request.name);
    const proxy = new FaultProxy(request, { ...this.#ports, random: this.#ports.random.fork(request.name) });
    if (request.enabled) await proxy.open();
    this.#proxies.set(request.name, proxy);
    return proxy;
  }

  /** Closes a proxy and forgets it; its hits stay. */
  async remove(name: string): Promise<void> {
    const proxy = this.get(name);
    this.#proxies.delete(name);
    await proxy.close();
  }

  /**
   * Creates each proxy, or replaces the one of its name unless both addresses are the same, in which case the present
   * one stays as it is. Stops at the first that cannot be opened, and says which were done.
   */
  async populate(requests: readonly ProxyRequest[]): Promise<{ proxies: FaultProxy[]; error?: ApiError }> {
    const proxies: FaultProxy[] = [];
    for (const request of requests) {
      const present = this.#proxies.get(request.name);
      try {
        const same = (await present?.isAt(request)) ?? false;
        if (present !== undefined && !same) await this.remove(request.name);
        proxies.push(present !== undefined && same ? present : await this.create(request));
      } catch (error) {
        if (error instanceof ApiError) return { proxies, error };
        throw error;
      }
    }
    return { proxies };
  }

  /** Removes every toxic, then enables every proxy; one that cannot be opened does not stop the others. */
  async reset(): Promise<void> {
    for (const proxy of this.all()) for (const toxic of proxy.toxics) proxy.removeToxic(toxic);
    const outcomes = await Promise.allSettled(
      this.all().map((proxy) => proxy.update({ ...proxy.settings, enabled: true })),
    );
    const problems = outcomes.flatMap((outcome) =>
      outcome.status === 'rejected' ? [String(outcome.reason.message)] : [],
    );
    if (problems.length > 0) throw apiErrors.notReset(problems);
  }

  /** Closes and forgets every proxy. */
  async close(): Promise<void> {
    const proxies = this.all();
    this.#proxies.clear();
    await Promise.all(proxies.map((proxy) => proxy.close()));
  }
}
