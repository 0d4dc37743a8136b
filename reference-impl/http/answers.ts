/** Answers that say what is wrong and what to do about it. */

/** An answer other than success; `next` is what the caller can do. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly next: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: string,
    what: string,
    next: string,
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(what);
    this.status = status;
    this.code = code;
    this.next = next;
    this.headers = headers;
  }
}

/** Text that is JSON already, with the given status. */
export const jsonText = (status: number, text: string, headers: Readonly<Record<string, string>> = {}): Response =>
  new Response(text, { status, headers: { 'content-type': 'application/json', ...headers } });

/** JSON with the given status. */
export const json = (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Response =>
  jsonText(status, JSON.stringify(body), headers);

/** `{error: {code, what, next}}`. */
export const refusalAnswer = ({ status, code, message, next, headers }: Refusal): Response =>
  json(status, { error: { code, what: message, next } }, headers);
