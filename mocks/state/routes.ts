/** `/__topple/clock`, `/__topple/snapshot` and `/__topple/restore`: the state of all mocks together. */
import { ToppleError } from '#harness/errors';
import { parseDurationMs } from '#harness/observe/duration';
import type { Call, Cut, OpenProvider, Reply } from '#harness/provider';
import { isLocal, json, laterReply, notLocal, refusal } from '../doors/local.ts';
import type { Snapshot } from './snapshot.ts';

/** The state of mocks that are served together. */
export interface MocksState {
  nowMs(): number;
  readonly scale: number;
  /** Has all clocks go forward by `byMs`, with all that is due by then, answers to webhooks included. */
  step(byMs: number): Promise<void>;
  setScale(scale: number): void;
  /** Throws `history-too-long`. */
  snapshot(): Snapshot;
  /** Makes all mocks as they were; throws `bad-snapshot` before anything is changed. */
  restore(snapshot: unknown): Promise<void>;
}

const stepMsMax = 366 * 86_400_000;

const clockReply = (state: MocksState): Reply =>
  json(200, { clock: { now: new Date(state.nowMs()).toISOString(), scale: state.scale } });

const next =
  'Ask for a step of the form 1h30m, at most 366d, or for a scale of at most 1000000; over HTTP {"step": "25h"} or ' +
  '{"scale": 600}.';

const steer = (state: MocksState, asked: Readonly<Record<string, unknown>>): Reply => {
  const { step, scale } = asked;
  if (step === undefined && typeof scale === 'number' && scale > 0 && scale <= 1_000_000) {
    state.setScale(scale);
    return clockReply(state);
  }
  const byMs = typeof step === 'string' ? parseDurationMs(step) : undefined;
  if (byMs === undefined || byMs > stepMsMax || scale !== undefined)
    return refusal(400, 'The clock cannot go like that.', next);
  return laterReply(state.step(byMs).then(() => clockReply(state)));
};

const readBody = (body: Uint8Array): Readonly<Record<string, unknown>> => {
  try {
    return Object(JSON.parse(new TextDecoder().decode(body)));
  } catch {
    return {};
  }
};

const refused = (error: unknown): Reply => {
  if (!(error instanceof ToppleError)) throw error;
  return refusal(409, error.message, error.next);
};

const answer = (state: MocksState, { method, path, body }: Call): Reply | undefined => {
  switch (`${method} ${path.slice('/__topple/'.length)}`) {
    case 'GET clock':
      return clockReply(state);
    case 'POST clock':
      return steer(state, readBody(body));
    case 'GET snapshot':
      try {
        return json(200, state.snapshot());
      } catch (error) {
        return refused(error);
      }
    case 'POST restore':
      return laterReply(state.restore(readBody(body)).then(() => clockReply(state), refused));
    default:
      return undefined;
  }
};

/** Whether a call is one of these. */
const isAboutState = ({ path }: Pick<Call, 'path'>): boolean =>
  ['/__topple/clock', '/__topple/snapshot', '/__topple/restore'].includes(path);

/** `provider` with these routes; every mock answers for all. */
export const withState = (provider: OpenProvider, state: MocksState): OpenProvider => ({
  ...provider,
  handle: (call): Reply | Cut => {
    if (!isAboutState(call)) return provider.handle(call);
    if (!isLocal(call)) return notLocal;
    return answer(state, call) ?? refusal(404, `no route ${call.method} ${call.path}`, next);
  },
});
