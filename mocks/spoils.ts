/** Answers that are wrong on purpose: those that any HTTP server can give, beside which each provider has its own. */
import type { Call, Reply } from '#harness/provider';

/**
 * A spoilt answer to a call. The call is done when, and only when, `genuine` is called; it answers the same again. Its
 * very answer, given back, says that there was nothing to spoil.
 */
export type Spoil = (call: Call, genuine: () => Reply) => Reply;

/** Spoilt answers by name. */
export type Spoils = Readonly<Record<string, Spoil>>;

const errorPage =
  '<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>502 Bad Gateway</body>\r\n</html>\r\n';

/** Anything that answers may give these; the provider does what it was asked. */
export const everySpoil: Spoils = {
  /** The page of a gateway in between, under the status of a success. */
  malformed: (_call, genuine) => ({
    status: genuine().status,
    headers: { 'Content-Type': 'text/html' },
    body: Buffer.from(errorPage),
  }),
  /** Half of the body, and a length that says so: the connection looks healthy. */
  truncated: (_call, genuine) => {
    const reply = genuine();
    return { ...reply, body: reply.body.subarray(0, Math.floor(reply.body.length / 2)) };
  },
  /** The whole answer, signature and all, under 502. */
  'wrong-status': (_call, genuine) => ({ ...genuine(), status: 502 }),
};

/** The reply without the headers whose names begin with one of `prefixes`, in any case. */
export const withoutHeaders = (reply: Reply, ...prefixes: readonly string[]): Reply => ({
  ...reply,
  headers: Object.fromEntries(
    Object.entries(reply.headers).filter(
      ([name]) => !prefixes.some((prefix) => name.toLowerCase().startsWith(prefix.toLowerCase())),
    ),
  ),
});

/** The reply with another body text, all else as it was, a signature in the headers too; itself if that is the same. */
export const withText = (reply: Reply, change: (text: string) => string): Reply => {
  const text = Buffer.from(reply.body).toString();
  const changed = change(text);
  return changed === text ? reply : { ...reply, body: Buffer.from(changed) };
};
