import { connect, type Socket } from 'node:net';
import type { Clock } from '../clock.ts';
import type { Random } from '../seed.ts';
import type { Address } from './address.ts';
import { Link } from './link.ts';
import type { Toxic } from './toxic.ts';
import type { Direction } from './toxics/toxic.ts';

/** What a connection needs from its proxy. */
export interface ConnectionPorts {
  /** The accepted socket, not read yet. */
  readonly client: Socket;
  readonly upstream: Address;
  readonly clock: Clock;
  /** The chance of this connection alone. */
  readonly random: Random;
  /** The toxics of the proxy at the time of the call. */
  readonly toxics: () => readonly Toxic[];
  /** Called once, when both sockets are closed. */
  readonly closed: () => void;
}

/** A client's socket joined with one to the upstream. If the upstream cannot be reached the client is closed. */
export class Connection {
  readonly #client: Socket;
  readonly #upstream: Socket;
  readonly #ports: ConnectionPorts;
  /** Undefined until the upstream has accepted. */
  #links: Record<Direction, Link> | undefined;
  #openSockets = 2;

  constructor(ports: ConnectionPorts) {
    this.#ports = ports;
    this.#client = ports.client;
    this.#upstream = connect({ ...ports.upstream, noDelay: true, allowHalfOpen: true });
    this.#upstream.once('connect', () => this.#join());
    for (const socket of [this.#client, this.#upstream]) {
      socket.on('error', () => {}); // 'close' follows and says so
      socket.once('close', (hadError) => this.#socketClosed(socket, hadError));
    }
  }

  /** Puts a new toxic to work. */
  add(toxic: Toxic): void {
    this.#links?.[toxic.stream].add(toxic);
  }

  /** Applies changed settings. */
  update(toxic: Toxic): void {
    this.#links?.[toxic.stream].update(toxic);
  }

  /** Takes a toxic away. */
  remove(toxic: Toxic): void {
    this.#links?.[toxic.stream].remove(toxic);
  }

  /** Closes both sockets at once, as the end of a process does; what is held is lost. */
  close(): void {
    this.#client.destroy();
    this.#upstream.destroy();
  }

  /** Resets both peers (RST). */
  reset(): void {
    if (!this.#client.destroyed) this.#client.resetAndDestroy();
    if (this.#upstream.connecting) this.#upstream.destroy();
    else if (!this.#upstream.destroyed) this.#upstream.resetAndDestroy();
  }

  #join(): void {
    if (this.#client.destroyed) return;
    const toxics = this.#ports.toxics();
    const open = (direction: Direction, source: Socket, destination: Socket): Link => {
      const link = new Link(
        {
          source,
          destination,
          clock: this.#ports.clock,
          random: this.#ports.random,
          connection: this,
          destroy: () => this.close(),
          reset: () => this.reset(),
        },
        toxics.filter((toxic) => toxic.stream === direction),
      );
      source.once('end', () => this.#sourceEnded(link, 'fin'));
      return link;
    };
    this.#links = {
      upstream: open('upstream', this.#client, this.#upstream),
      downstream: open('downstream', this.#upstream, this.#client),
    };
    this.#client.resume();
  }

  #sourceEnded(link: Link, how: 'fin' | 'reset'): void {
    link.endSource(how);
    const links = Object.values(this.#links ?? {});
    if (links.every(({ sourceEnded }) => sourceEnded)) for (const each of links) each.hangUp();
  }

  #socketClosed(socket: Socket, hadError: boolean): void {
    const isClient = socket === this.#client;
    const other = isClient ? this.#upstream : this.#client;
    if (this.#links === undefined) {
      other.destroy();
    } else {
      this.#links[isClient ? 'downstream' : 'upstream'].abandon();
      this.#sourceEnded(this.#links[isClient ? 'upstream' : 'downstream'], hadError ? 'reset' : 'fin');
    }
    this.#openSockets -= 1;
    if (this.#openSockets === 0) this.#ports.closed();
  }
}
