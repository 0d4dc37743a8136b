import { request } from 'node:http';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Call, Cut, OpenProvider, Reply } from '#harness/provider';
import { openSocketDoor, type SocketDoor } from './socket.ts';

let calls: Call[];
let answer: () => Reply | Cut;
let door: SocketDoor;

const reply: Reply = { status: 201, headers: { 'x-made-by': 'test' }, body: Buffer.from('0123456789') };
const provider: OpenProvider = {
  id: 'test',
  handle: (call) => {
    calls.push(call);
    return answer();
  },
  records: () => ({ payments: [], grants: [], calls: [], deliveries: [] }),
  identity: {},
  failings: { operations: [], spoils: [], queries: [], lists: [], falsehoods: [], tampers: [] },
  idle: () => true,
  stop: () => {},
};

beforeEach(async () => {
  calls = [];
  answer = () => reply;
  door = await openSocketDoor(provider);
});
afterEach(() => door.close());

/** What a client of node:http sees: status, the bytes that came, and how it broke. */
const post = (path: string, body: Uint8Array | string = '') =>
  new Promise<{ status?: number | undefined; body: string; error?: string }>((resolve) => {
    const seen: { status?: number | undefined; body: string } = { body: '' };
    const settle = (error?: NodeJS.ErrnoException) => resolve({ ...seen, ...(error && { error: error.code ?? '' }) });
    const sent = request(door.url + path, { method: 'POST', agent: false }, (response) => {
      seen.status = response.statusCode;
      response.on('data', (chunk) => {
        seen.body += chunk;
      });
      response.on('error', settle);
      response.on('end', () => settle());
    });
    sent.on('error', settle);
    sent.end(body);
  });

describe('the socket door', () => {
  test('hands over method, path, query, headers and exact bytes, and sends exact bytes back', async () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
    const response = await fetch(`${door.url}/a/b?x=1&y=%2B?z`, {
      method: 'PUT',
      headers: { 'X-Up': 'Yes' },
      body: bytes,
    });
    expect(response.status).toBe(201);
    expect(response.headers.get('x-made-by')).toBe('test');
    expect(await response.text()).toBe('0123456789');
    expect(calls[0]).toMatchObject({
      method: 'PUT',
      path: '/a/b',
      headers: { 'x-up': 'Yes', host: door.url.slice(7) },
    });
    expect([...(calls[0]?.query ?? [])]).toEqual([
      ['x', '1'],
      ['y', '+?z'],
    ]);
    expect(Buffer.compare(calls[0]?.body ?? new Uint8Array(), bytes)).toBe(0);
  });

  test.each([
    { cut: { cut: 'before' }, seen: { body: '', error: 'ECONNRESET' } },
    { cut: { cut: 'afterEffect' }, seen: { body: '', error: 'ECONNRESET' } },
    { cut: { cut: 'midBody', reply }, seen: { status: 201, body: '01234', error: 'ECONNRESET' } },
  ] as const)('$cut.cut is a reset', async ({ cut, seen }) => {
    answer = () => cut;
    expect(await post('/')).toEqual(seen);
    answer = () => reply;
    expect(await post('/')).toMatchObject({ status: 201 });
  });

  test('a body of 1 MiB is taken, one byte more is refused with 413', async () => {
    expect(await post('/', new Uint8Array(1_048_576))).toMatchObject({ status: 201 });
    expect(await post('/', new Uint8Array(1_048_577))).toMatchObject({ status: 413 });
    expect(calls.length).toBe(1);
  });

  test('a provider that throws is a 500 that says so, and the door stays open', async () => {
    answer = () => {
      throw new Error('boom');
    };
    const failed = await post('/');
    expect(failed).toMatchObject({ status: 500 });
    expect(failed.body).toContain('The mock test failed');
    answer = () => reply;
    expect(await post('/')).toMatchObject({ status: 201 });
  });

  test.each([
    'rubbish\r\n\r\n',
    'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nhalf',
    'GET //?? HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n',
    'GET http://other.test/%zz?%zz=%E0%A4%A HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n',
  ])('survives %j from a client that goes away', async (text) => {
    await new Promise((resolve) => {
      const socket = connect(Number(new URL(door.url).port), '127.0.0.1', () => socket.end(text));
      socket.on('error', resolve);
      socket.on('close', resolve);
      socket.resume();
    });
    expect(await post('/')).toMatchObject({ status: 201 });
  });

  test('a port that is taken is an error that names it', async () => {
    const port = Number(new URL(door.url).port);
    await expect(openSocketDoor(provider, { port })).rejects.toMatchObject({ code: 'port-taken', exitCode: 4 });
  });

  test('closing cuts a client that is still sending, and frees the port', async () => {
    const port = Number(new URL(door.url).port);
    const sending = connect(port, '127.0.0.1');
    const cut = new Promise((resolve) => sending.on('error', resolve).on('close', resolve));
    sending.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nhalf');
    await post('/'); // Comes after it on the same server, so the half request is known by now.
    await door.close();
    await cut;
    door = await openSocketDoor(provider, { port });
    expect(await post('/')).toMatchObject({ status: 201 });
  });
});
