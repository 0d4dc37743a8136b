/**
 * One end of a measured link, on a thread of its own: `echo` sends back what it gets, `built-in` is the fault proxy.
 * Posts where it is once it listens.
 */
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import { preciseClock } from '#harness/clock';
import { randomFrom } from '#harness/seed';
import { startToxiproxy } from '#harness/toxiproxy/server';

const startEcho = async (): Promise<string> => {
  const server = createServer({ noDelay: true }, (socket) => {
    socket.on('error', () => socket.destroy());
    socket.pipe(socket);
  });
  server.listen({ port: 0, host: '127.0.0.1', backlog: 511 });
  await once(server, 'listening');
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
};

const startBuiltIn = async (): Promise<string> =>
  (await startToxiproxy({ random: randomFrom('bench'), clock: preciseClock })).url;

parentPort?.postMessage(await (workerData === 'echo' ? startEcho() : startBuiltIn()));
