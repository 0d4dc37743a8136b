/** What all routes below `/__topple/` have in common: JSON both ways, for callers on this machine alone. */
import type { Call, Reply } from '#harness/provider';

/** A reply of local routes; amounts become text of minor units. */
export const json = (status: number, body: object): Reply => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8' },
  body: Buffer.from(`${JSON.stringify(body, (_, value) => (typeof value === 'bigint' ? String(value) : value))}\n`),
});

/** A reply that says what is wrong and what to do. */
export const refusal = (status: number, what: string, next: string): Reply => json(status, { error: what, next });

/** A page in somebody's browser can reach loopback, but it cannot hide its Origin or speak of loopback as its Host. */
export const isLocal = ({ headers }: Call): boolean =>
  headers.origin === undefined && /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/.test(headers.host ?? '');

/** What every other caller is answered. */
export const notLocal: Reply = refusal(
  403,
  'not a local caller',
  'Call it from this machine, not from a browser page.',
);

/** A reply that comes later: its status and body are right once it is no longer held. */
export const laterReply = (coming: Promise<Reply>): Reply => {
  let reply = refusal(500, 'the answer was read before it had come', 'Report it: this is a bug of the mocks.');
  return {
    get status() {
      return reply.status;
    },
    get headers() {
      return reply.headers;
    },
    get body() {
      return reply.body;
    },
    held: coming.then((come) => {
      reply = come;
    }),
  };
};
