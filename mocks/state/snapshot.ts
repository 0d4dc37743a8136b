/**
 * A snapshot: what came in from outside, and when. A mock is decided by its seed, its clocks, the calls it got and the
 * answers to its webhooks, so this is its whole state, webhooks that are still to be retried among it.
 */
import { mockErrors } from '#harness/mock-errors';
import type { Call } from '#harness/provider';

/** What came in, beside calls: the answer to the `nth` webhook that was sent, or the first timer of a clock. */
export type NoCall =
  | {
      readonly answer: {
        readonly nth: number;
        readonly status: number;
        readonly body: string;
        readonly retryAfter?: string;
      };
    }
  | { readonly timerOf: 'clock' | 'wall' };

/** Something that came in; times are milliseconds of both clocks of the mock. */
export type Input = { readonly atMs: number; readonly wallMs: number } & ({ readonly call: WrittenCall } | NoCall);

/** A call as JSON; the body in base64. */
export type WrittenCall = Pick<Call, 'method' | 'path' | 'rawQuery' | 'headers'> & { readonly body: string };

/** One mock: from when to when, and everything in between. */
export interface MockSnapshot {
  readonly seed: string;
  /** The identity that the mock gave out: another one could not verify what was signed for it. */
  readonly identity: Readonly<Record<string, string>>;
  readonly startedMs: number;
  readonly startedWallMs: number;
  readonly nowMs: number;
  readonly wallMs: number;
  readonly inputs: readonly Input[];
}

/** All mocks, by the ids of their providers. */
export interface Snapshot {
  readonly format: 'topple-mocks-1';
  readonly mocks: Readonly<Record<string, MockSnapshot>>;
}

/** A call as it is kept. */
export const writtenCall = ({ method, path, rawQuery, headers, body }: Call): WrittenCall => ({
  method,
  path,
  rawQuery,
  headers,
  body: Buffer.from(body).toString('base64'),
});

/** The call that was kept. */
export const readCall = ({ body, rawQuery, ...call }: WrittenCall): Call => ({
  ...call,
  rawQuery,
  query: new URLSearchParams(rawQuery),
  body: Buffer.from(body, 'base64'),
});

const isMock = (value: unknown): value is MockSnapshot => {
  const mock = value as Partial<MockSnapshot> | null;
  if (typeof mock !== 'object' || mock === null || !Array.isArray(mock.inputs)) return false;
  const times = [mock.startedMs, mock.startedWallMs, mock.nowMs, mock.wallMs];
  return typeof mock.seed === 'string' && typeof mock.identity === 'object' && times.every(Number.isFinite);
};

/** Throws `bad-snapshot` for what is none, or none of exactly the mocks that `identities` describes. */
export const readSnapshot = (
  given: unknown,
  identities: Readonly<Record<string, Readonly<Record<string, string>>>>,
): Snapshot => {
  const snapshot = given as Partial<Snapshot> | null;
  if (typeof snapshot !== 'object' || snapshot?.format !== 'topple-mocks-1' || typeof snapshot.mocks !== 'object')
    throw mockErrors.badSnapshot('it is no snapshot of mocks');
  const mocks = snapshot.mocks as Readonly<Record<string, unknown>>;
  const [wanted, found] = [Object.keys(identities).sort().join(', '), Object.keys(mocks).sort().join(', ')];
  if (wanted !== found) throw mockErrors.badSnapshot(`it is of ${found || 'nothing'}, and here are ${wanted}`);
  for (const [id, mock] of Object.entries(mocks)) {
    if (!isMock(mock)) throw mockErrors.badSnapshot(`that of ${id} is incomplete`);
    const isSame = Object.entries(identities[id] ?? {}).every(([name, value]) => mock.identity[name] === value);
    if (!isSame) throw mockErrors.badSnapshot(`${id} had other keys`);
  }
  return snapshot as Snapshot;
};
