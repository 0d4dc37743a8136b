import type { Socket } from 'node:net';
import type { Clock } from '../clock.ts';
import type { Random } from '../seed.ts';
import { openSlot, type Slot } from './slot.ts';
import type { Toxic } from './toxic.ts';

/** What a link needs from its connection. */
export interface LinkPorts {
  readonly source: Socket;
  readonly destination: Socket;
  readonly clock: Clock;
  readonly random: Random;
  /** Stands for the connection in the hit counters. */
  readonly connection: object;
  /** Closes both sockets. */
  readonly destroy: () => void;
  /** Resets both sockets. */
  readonly reset: () => void;
}

/**
 * One direction of one connection: source socket → toxics → destination socket, in order. The source is not read
 * while the destination or a toxic is full; without toxics a chunk goes straight from one socket to the other.
 */
export class Link {
  readonly #ports: LinkPorts;
  #slots: Slot[] = [];
  #paused = false;
  /** How the destination learns of the end: FIN, RST as the source was reset, or FIN and then both sockets closed. */
  #farewell: 'fin' | 'rst' | 'close' = 'fin';
  #sourceEnded = false;
  /** Nothing is written any more: the end was delivered, or the destination is gone. */
  #over = false;

  constructor(ports: LinkPorts, toxics: readonly Toxic[]) {
    this.#ports = ports;
    for (const toxic of toxics) this.add(toxic);
    ports.source.on('data', (chunk: Buffer) => this.#enter(0, chunk));
    ports.destination.on('drain', () => this.#regulate());
  }

  /** True once the source has closed its side or was reset. */
  get sourceEnded(): boolean {
    return this.#sourceEnded;
  }

  /** Puts a toxic at the end of the chain; it acts from the next chunk on. */
  add(toxic: Toxic): void {
    const slot: Slot = openSlot(toxic, {
      clock: this.#ports.clock,
      random: this.#ports.random.fork(toxic.label),
      connection: this.#ports.connection,
      pass: (chunk) => {
        this.#enter(this.#slots.indexOf(slot) + 1, chunk);
        this.#regulate();
      },
      passEnd: () => this.#end(this.#slots.indexOf(slot) + 1),
      close: () => {
        if (this.#farewell === 'fin') this.#farewell = 'close';
        this.#end(this.#slots.indexOf(slot) + 1);
      },
      reset: this.#ports.reset,
    });
    this.#slots.push(slot);
  }

  /** Tells the toxic's stage that its settings have changed. */
  update(toxic: Toxic): void {
    this.#slots.find((slot) => slot.toxic === toxic)?.update();
    this.#regulate();
  }

  /** Takes a toxic out of the chain; what it holds goes on first. */
  remove(toxic: Toxic): void {
    const slot = this.#slots.find((candidate) => candidate.toxic === toxic);
    slot?.remove();
    slot?.dispose();
    this.#slots = this.#slots.filter((candidate) => candidate !== slot);
    this.#regulate();
  }

  /** The source has closed its side (FIN), or is gone (`reset`); what is on its way is still delivered. */
  endSource(how: 'fin' | 'reset'): void {
    if (this.#sourceEnded) return;
    this.#sourceEnded = true;
    if (how === 'reset') this.#farewell = 'rst';
    this.#end(0);
  }

  /** Both peers have closed. */
  hangUp(): void {
    for (const slot of this.#slots) slot.hangUp();
  }

  /** The destination is gone: the rest is dropped, and the source is still read so that its end is noticed. */
  abandon(): void {
    this.#over = true;
    for (const slot of this.#slots) slot.dispose();
    this.#slots = [];
    this.#regulate();
  }

  #enter(index: number, chunk: Buffer): void {
    if (this.#over) return;
    const slot = this.#slots[index];
    if (slot !== undefined) {
      slot.data(chunk);
      if (index === 0) this.#regulate();
    } else if (!this.#ports.destination.write(chunk)) {
      this.#regulate();
    }
  }

  #end(index: number): void {
    if (this.#over) return;
    const slot = this.#slots[index];
    if (slot !== undefined) {
      slot.end();
      return;
    }
    this.#over = true;
    const { destination, destroy } = this.#ports;
    if (this.#farewell === 'rst') destination.resetAndDestroy();
    else if (this.#farewell === 'close') destination.end(destroy);
    else destination.end();
    this.#regulate();
  }

  #regulate(): void {
    const { source, destination } = this.#ports;
    const blocked = !this.#over && (destination.writableNeedDrain || this.#slots.some((slot) => slot.full()));
    if (blocked === this.#paused) return;
    this.#paused = blocked;
    if (blocked) source.pause();
    else source.resume();
  }
}
