/** What a client really sends: the bytes of its requests, taken off a socket. */
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';

/** Where the first request in `bytes` ends; undefined while it is not whole. */
const endOf = (bytes: Buffer): number | undefined => {
  const headBytes = bytes.indexOf('\r\n\r\n');
  if (headBytes < 0) return undefined;
  const head = bytes.toString('latin1', 0, headBytes);
  if (/\r\ntransfer-encoding: *chunked/i.test(head)) {
    const lastBytes = bytes.indexOf('\r\n0\r\n\r\n', headBytes);
    return lastBytes < 0 ? undefined : lastBytes + 7;
  }
  const [, lengthBytes = '0'] = /\r\ncontent-length: *(\d+)/i.exec(head) ?? [];
  const endBytes = headBytes + 4 + Number(lengthBytes);
  return bytes.length < endBytes ? undefined : endBytes;
};

/** The requests that `ask` makes of `url`; each is answered with `answer` as JSON, which the client may not like. */
export const overhear = async (ask: (url: string) => Promise<unknown>, answer: object): Promise<readonly Buffer[]> => {
  const heard: Buffer[] = [];
  const body = JSON.stringify(answer);
  const head = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}`;
  const server = createServer((socket) => {
    let received: Buffer = Buffer.alloc(0);
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      const endBytes = endOf(received);
      if (endBytes === undefined) return;
      heard.push(received.subarray(0, endBytes));
      received = received.subarray(endBytes);
      socket.end(`${head}\r\nconnection: close\r\n\r\n${body}`);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    await ask(`http://127.0.0.1:${(server.address() as AddressInfo).port}`).catch(() => undefined);
  } finally {
    server.close();
  }
  return heard;
};
