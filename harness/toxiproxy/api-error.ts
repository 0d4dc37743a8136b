/** An answer of the API that is not a success; its JSON is `{ error, status }`, as Toxiproxy's. */
export class ApiError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const list = (names: Iterable<string>): string => [...names].join(', ') || 'none yet';

/** Every error of the API. The texts begin as Toxiproxy's do and go on with what would be right. */
export const apiErrors = {
  badBody: (problem: string) => new ApiError(400, `bad request body: ${problem}`),
  bodyTooLarge: (limitBytes: number) => new ApiError(413, `bad request body: longer than ${limitBytes} bytes`),
  missingField: (field: string) => new ApiError(400, `missing required field: ${field}`),
  badPath: (path: string) => new ApiError(400, `bad path: ${path} has a % that starts no escape`),
  unknownRoute: (method: string, path: string) => new ApiError(404, `not found: ${method} ${path}`),
  wrongMethod: (method: string, path: string, allowed: Iterable<string>) =>
    new ApiError(405, `method not allowed: ${method} ${path}; use ${list(allowed)}`),
  proxyNotFound: (name: string, known: Iterable<string>) =>
    new ApiError(404, `proxy not found: "${name}"; proxies: ${list(known)}`),
  proxyExists: (name: string) => new ApiError(409, `proxy already exists: "${name}"; update or delete it`),
  cannotListen: (listen: string, reason: string) => new ApiError(500, `listen tcp ${listen}: ${reason}`),
  notReset: (problems: readonly string[]) =>
    new ApiError(500, `all toxics are removed, but not every proxy could be enabled: ${problems.join('; ')}`),
  toxicNotFound: (name: string, known: Iterable<string>) =>
    new ApiError(404, `toxic not found: "${name}"; toxics of this proxy: ${list(known)}`),
  toxicExists: (name: string) => new ApiError(409, `toxic already exists: "${name}"; update it or choose another name`),
  unknownType: (type: string, known: Iterable<string>) =>
    new ApiError(400, `invalid toxic type: "${type}"; types: ${list(known)}`),
  badStream: (stream: string) =>
    new ApiError(400, `stream was invalid, can be either upstream or downstream: "${stream}"`),
} as const;
