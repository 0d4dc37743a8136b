/** A client of one mock's control routes, for tests in TypeScript; in other languages the routes are as easy. */
import { mockErrors } from '#harness/mock-errors';
import type { Failings } from '#harness/provider';
import type { Behaviour, KeptBehaviour } from './behaviours/behaviour.ts';

/** A JSON object. */
export type Json = Readonly<Record<string, unknown>>;

/** What a mock misbehaves by, and what else it could do wrong. */
export interface Misbehaviour {
  readonly behaviours: readonly KeptBehaviour[];
  readonly failings: Failings;
}

/** The moment on the clock of the mocks (ISO 8601), and how fast it runs. */
export interface MocksClock {
  readonly now: string;
  readonly scale: number;
}

/** One mock over HTTP; everything rejects with `mocks-not-reached` or `refused-by-mocks`. */
export interface MockClient {
  /** Asks for behaviours: of several all are taken or none. */
  behave(...behaviours: readonly Behaviour[]): Promise<Misbehaviour>;
  misbehaviour(): Promise<Misbehaviour>;
  /** Forgets all behaviours, with what they counted. */
  calm(): Promise<Misbehaviour>;
  /** All mocks served together go forward at once (`25h`), with all that is due by then. */
  step(duration: string): Promise<MocksClock>;
  /** All of them run `scale` times as fast as real time from now on. */
  setScale(scale: number): Promise<MocksClock>;
  /** The state of all of them, as JSON for `restore`. */
  snapshot(): Promise<Json>;
  restore(snapshot: Json): Promise<MocksClock>;
  /** Any other control route: `GET orders`, or, with fields, `POST pay`. */
  ask(route: string, fields?: Json): Promise<Json>;
}

/** The answer of a control route as JSON; rejects with `mocks-not-reached` or `refused-by-mocks`. */
export const askMocks = async (url: string, method: 'GET' | 'POST' | 'DELETE', body?: unknown): Promise<Json> => {
  let response: Response;
  try {
    response = await fetch(url, { method, ...(body !== undefined && { body: JSON.stringify(body) }) });
  } catch (error) {
    throw mockErrors.mocksNotReached(url, error instanceof Error ? (error.cause ?? error) : error);
  }
  const text = await response.text();
  let answer: Json;
  try {
    answer = JSON.parse(text) as Json;
  } catch {
    throw mockErrors.mocksNotReached(url, new Error(`What answers there are no mocks: status ${response.status}.`));
  }
  if (response.ok) return answer;
  throw mockErrors.refusedByMocks(String(answer.error), String(answer.next));
};

/** The mock whose own address is `url`, as `topple mocks` prints it. */
export const mockAt = (url: string): MockClient => {
  const base = `${url.replace(/\/$/, '')}/__topple`;
  const onBehaviours = async (method: 'GET' | 'POST' | 'DELETE', body?: unknown): Promise<Misbehaviour> => {
    const { behaviours, failings } = await askMocks(`${base}/behaviours`, method, body);
    return { behaviours, failings } as Misbehaviour;
  };
  const onClock = async (route: 'clock' | 'restore', body: Json): Promise<MocksClock> => {
    const { clock } = await askMocks(`${base}/${route}`, 'POST', body);
    return clock as MocksClock;
  };
  return {
    step: (step) => onClock('clock', { step }),
    setScale: (scale) => onClock('clock', { scale }),
    snapshot: () => askMocks(`${base}/snapshot`, 'GET'),
    restore: (snapshot) => onClock('restore', snapshot),
    behave: (...behaviours) => onBehaviours('POST', behaviours),
    misbehaviour: () => onBehaviours('GET'),
    calm: () => onBehaviours('DELETE'),
    ask: (route, fields) => askMocks(`${base}/${route}`, fields === undefined ? 'GET' : 'POST', fields),
  };
};
