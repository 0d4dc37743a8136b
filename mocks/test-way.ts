/** The way between an SDK and a mock, on which tests change calls that no SDK would send as they are wanted. */
import { afterAll } from 'vitest';
import type { Call, OpenProvider } from '#harness/provider';
import { openSocketDoor, type SocketDoor } from './doors/socket.ts';

/** What becomes of a call on its way to `provider`. */
export type Change = (call: Call, provider: OpenProvider) => Call;

/** One door for the tests of a file, closed after them. */
export interface Way {
  /** Leads to `provider` from now on, with `change` on the way; answers the URL of the door. */
  leadTo(provider: OpenProvider, change?: Change): Promise<string>;
  /** Whether the last call that arrived has granted anything. */
  hasGranted(): boolean;
}

/** Opens such a way with the first test that takes it. */
export const openWay = (): Way => {
  let door: SocketDoor | undefined;
  let handle: OpenProvider['handle'];
  let granted = 0;
  afterAll(() => door?.close());
  return {
    leadTo: async (provider, change = (call) => call) => {
      const grantCount = (): number => provider.records().grants.length;
      handle = (sent) => {
        const call = change(sent, provider);
        const before = grantCount();
        const answer = provider.handle(call);
        granted = grantCount() - before;
        return answer;
      };
      door ??= await openSocketDoor({ ...provider, handle: (call) => handle(call) });
      return door.url;
    },
    hasGranted: () => granted > 0,
  };
};

/** The query is no field of the calls of a door, so that copies have to name it. */
const changed = (call: Call, change: Partial<Call>): Call => ({ ...call, query: call.query, ...change });

/** A change to another method. */
export const withMethod =
  (method: string): Change =>
  (call) =>
    changed(call, { method });

/** A change to another path. */
export const withPath =
  (path: string): Change =>
  (call) =>
    changed(call, { path });

/** A change to another body. */
export const withBody =
  (text: string): Change =>
  (call) =>
    changed(call, { body: Buffer.from(text) });

/** A change to another value of a header, whose name is in lower case. */
export const withHeader =
  (name: string, value: string): Change =>
  (call) =>
    changed(call, { headers: { ...call.headers, [name]: value } });

/** A change to another value of a parameter: of the form that is the body, else of the query. */
export const withParameter =
  (name: string, value: string): Change =>
  (call) => {
    const isForm = call.body.length > 0;
    const parameters = new URLSearchParams(isForm ? Buffer.from(call.body).toString() : call.rawQuery);
    parameters.set(name, value);
    const text = parameters.toString();
    return changed(call, isForm ? { body: Buffer.from(text) } : { query: parameters, rawQuery: text });
  };
