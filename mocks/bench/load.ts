/** Load over connections that are kept alive, by hand: a client library would cost more than what is measured. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { preciseClock } from '#harness/clock';

/** What was measured: answers, all of them 200, and how long they took together. */
export interface Load {
  readonly answers: number;
  readonly tookMs: number;
}

/** Where the answer at the start of `bytes` ends; undefined while it is not whole. Throws for any but 200. */
const endOf = (bytes: Buffer): number | undefined => {
  const headBytes = bytes.indexOf('\r\n\r\n');
  if (headBytes < 0) return undefined;
  const head = bytes.toString('latin1', 0, headBytes);
  if (!head.startsWith('HTTP/1.1 200 ')) throw new Error(`the load was answered ${bytes.toString()}`);
  const [, lengthBytes] = /\r\ncontent-length: (\d+)/i.exec(head) ?? [];
  if (lengthBytes === undefined) throw new Error(`an answer has no length: ${head}`);
  const endBytes = headBytes + 4 + Number(lengthBytes);
  return bytes.length < endBytes ? undefined : endBytes;
};

/** The whole of the one answer to `request`, on its way over `socket`. */
const exchange = (socket: Socket, request: Buffer): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    let received: Buffer | undefined;
    const lost = (): void => reject(new Error('the server closed the connection'));
    const hear = (chunk: Buffer): void => {
      try {
        received = received === undefined ? chunk : Buffer.concat([received, chunk]);
        const endBytes = endOf(received);
        if (endBytes === undefined) return;
        if (endBytes < received.length) throw new Error('an answer that nobody asked for');
        socket.off('data', hear);
        socket.off('close', lost);
        resolve(received);
      } catch (error) {
        reject(error);
      }
    };
    socket.on('data', hear);
    socket.once('close', lost);
    socket.write(request);
  });

const dial = async (port: number): Promise<Socket> => {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true });
  await once(socket, 'connect');
  return socket;
};

/** The body of the answer to one request. */
export const bodyOf = async (port: number, request: Buffer): Promise<Buffer> => {
  const socket = await dial(port);
  const answer = await exchange(socket, request);
  socket.destroy();
  return answer.subarray(answer.indexOf('\r\n\r\n') + 4);
};

/** Asks `requests` in turns over `connections`, one under way on each, until `isOver` says so. */
export const load = async (
  port: number,
  requests: readonly Buffer[],
  connections: number,
  isOver: (answers: number, tookMs: number) => boolean,
): Promise<Load> => {
  const sockets = await Promise.all(Array.from({ length: connections }, () => dial(port)));
  const startedMs = preciseClock.nowMs();
  let [asked, answers] = [0, 0];
  const keepOn = async (socket: Socket): Promise<void> => {
    while (!isOver(asked, preciseClock.nowMs() - startedMs)) {
      asked += 1;
      await exchange(socket, requests[asked % requests.length] as Buffer);
      answers += 1;
    }
  };
  try {
    await Promise.all(sockets.map(keepOn));
    return { answers, tookMs: preciseClock.nowMs() - startedMs };
  } finally {
    for (const socket of sockets) socket.destroy();
  }
};
