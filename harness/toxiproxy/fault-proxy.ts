import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { getSystemErrorMessage } from 'node:util';
import type { Clock } from '../clock.ts';
import type { Random } from '../seed.ts';
import { type Address, formatAddress, listeningAddress, parseAddress, resolveHost } from './address.ts';
import { apiErrors } from './api-error.ts';
import { Connection } from './connection.ts';
import type { HitLedger } from './hits.ts';
import type { ProxyRequest, ProxySettings } from './proxy-body.ts';
import { type Toxic, toxicJson } from './toxic.ts';
import type { ToxicRequest } from './toxic-body.ts';

/** What a proxy needs from its server. */
export interface ProxyPorts {
  readonly clock: Clock;
  /** The chance of this proxy alone. */
  readonly random: Random;
  readonly hits: HitLedger;
  /** Where a proxy listens when `listen` names no host. */
  readonly host: string;
}

/** What the system says of a failed call, without the name of the call. */
const reasonOf = (error: unknown): string => {
  const { errno, message } = error as NodeJS.ErrnoException;
  return errno === undefined ? message : getSystemErrorMessage(errno);
};

/** One proxy: listens, joins each client with the upstream, holds the toxics. A disabled one refuses connections. */
export class FaultProxy {
  readonly name: string;
  readonly #ports: ProxyPorts;
  #settings: ProxySettings;
  #server: Server | undefined;
  #toxics: Toxic[] = [];
  readonly #connections = new Set<Connection>();
  #accepted = 0;
  #added = 0;

  /** Opens nothing yet, whatever `enabled` says. */
  constructor({ name, listen, upstream }: ProxyRequest, ports: ProxyPorts) {
    this.name = name;
    this.#ports = ports;
    this.#settings = { listen, upstream, enabled: false };
  }

  /** In which way the proxy is set; `listen` has the real port once it was open. */
  get settings(): ProxyRequest {
    return { name: this.name, ...this.#settings };
  }

  /** Upstream toxics first, then downstream, each in the order in which they were added. */
  get toxics(): readonly Toxic[] {
    const of = (stream: string): Toxic[] => this.#toxics.filter((toxic) => toxic.stream === stream);
    return [...of('upstream'), ...of('downstream')];
  }

  /** True if both addresses are those of this proxy; a name counts as the address it stands for. */
  async isAt({ listen, upstream }: Pick<ProxySettings, 'listen' | 'upstream'>): Promise<boolean> {
    const address = await this.#resolve(listen);
    return formatAddress(address) === this.#settings.listen && upstream === this.#settings.upstream;
  }

  /**
   * Moves, enables or disables; closes the connections if anything changes. A proxy that stays where it is keeps its
   * port all the while, so nobody else can take it. Rejects if the port cannot be opened, and is disabled then.
   */
  async update(wanted: ProxySettings): Promise<void> {
    const { listen, enabled } = this.#settings;
    if (enabled === wanted.enabled && (await this.isAt(wanted))) return;
    if (enabled && wanted.enabled && (await this.isAt({ listen: wanted.listen, upstream: this.#settings.upstream }))) {
      this.#settings = { ...wanted, listen };
      for (const connection of this.#connections) connection.close();
      return;
    }
    await this.close();
    this.#settings = { ...wanted, enabled: false };
    if (wanted.enabled) await this.open();
  }

  /** Listens; `listen` has the real port from then on. Rejects if the port cannot be opened. */
  async open(): Promise<void> {
    const { listen, upstream } = this.#settings;
    const address = await this.#resolve(listen);
    const server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true });
    try {
      server.listen({ ...address, exclusive: true });
      await once(server, 'listening');
    } catch (error) {
      throw apiErrors.cannotListen(formatAddress(address), `bind: ${reasonOf(error)}`);
    }
    // Without a listener, running out of file descriptors would end the process.
    server.on('error', () => {});
    server.on('connection', (client) => this.#accept(client, this.#parse(this.#settings.upstream)));
    this.#server = server;
    this.#settings = { listen: formatAddress(listeningAddress(server.address())), upstream, enabled: true };
  }

  /** Stops listening and closes all connections; resolves when the port is free. */
  async close(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    this.#settings = { ...this.#settings, enabled: false };
    for (const connection of this.#connections) connection.close();
    if (server === undefined) return;
    server.close();
    await once(server, 'close');
  }

  /** Throws if there is a toxic of this name. */
  refuseTaken(name: string): void {
    if (this.#toxics.some((toxic) => toxic.name === name)) throw apiErrors.toxicExists(name);
  }

  /** Adds a toxic to this proxy and to its live connections. Its name must be free. */
  addToxic(request: ToxicRequest): Toxic {
    const { name, kind, stream } = request;
    this.#added += 1;
    const hits = this.#ports.hits.counter(this.name, name, kind.type, stream);
    const toxic: Toxic = { ...request, label: `${this.#added}/${name}`, hits };
    this.#toxics.push(toxic);
    for (const connection of this.#connections) connection.add(toxic);
    return toxic;
  }

  /** Throws if there is none of this name. */
  toxic(name: string): Toxic {
    const found = this.#toxics.find((toxic) => toxic.name === name);
    if (found !== undefined) return found;
    const known = this.#toxics.map((toxic) => toxic.name);
    throw apiErrors.toxicNotFound(name, known);
  }

  /** Changes a toxic here and on the live connections. */
  updateToxic(toxic: Toxic, settings: Pick<Toxic, 'toxicity' | 'attributes'>): void {
    toxic.toxicity = settings.toxicity;
    toxic.attributes = settings.attributes;
    for (const connection of this.#connections) connection.update(toxic);
  }

  /** Takes a toxic away here and from the live connections. */
  removeToxic(toxic: Toxic): void {
    this.#toxics = this.#toxics.filter((other) => other !== toxic);
    for (const connection of this.#connections) connection.remove(toxic);
  }

  /** As Toxiproxy writes a proxy. */
  toJSON(): object {
    return { ...this.settings, toxics: this.toxics.map(toxicJson) };
  }

  #accept(client: Socket, upstream: Address): void {
    this.#accepted += 1;
    const connection: Connection = new Connection({
      client,
      upstream,
      clock: this.#ports.clock,
      random: this.#ports.random.fork(String(this.#accepted)),
      toxics: () => this.#toxics,
      closed: () => this.#connections.delete(connection),
    });
    this.#connections.add(connection);
  }

  async #resolve(listen: string): Promise<Address> {
    const { host, port } = this.#parse(listen || ':0');
    try {
      return { host: await resolveHost(host), port };
    } catch (error) {
      throw apiErrors.cannotListen(listen, reasonOf(error));
    }
  }

  #parse(text: string): Address {
    const address = parseAddress(text, this.#ports.host);
    if (address === undefined) throw apiErrors.badBody(`"${text}" is not host:port`);
    return address;
  }
}
