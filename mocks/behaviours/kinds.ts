/** Every behaviour: at what it acts, what it does, its fields, and the fate that it decides on. */
import type { CallFate, CapturePoint, Failings, WebhookFate } from '#harness/provider';
import type { Behaviour } from './behaviour.ts';

/** A number between bounds; `unasked` is taken when it is not given, without it the field is required. */
export interface NumberField {
  readonly min: number;
  readonly max: number;
  readonly unasked?: number;
}

/** A field: a number, true or false (false when not given), or a required name among a provider's failings. */
export type Field = NumberField | 'truth' | { readonly nameOf: 'falsehoods' | 'tampers' };

/** Values of the fields, checked and complete. */
export type Given = Readonly<Record<string, number | string | boolean>>;

interface Described {
  readonly summary: string;
  readonly fields: Readonly<Record<string, Field>>;
}

/** What decides about calls; `needs` is the list of failings in which its own name has to stand. */
export type CallKind = Described & {
  readonly acts: 'call';
  readonly needs?: keyof Pick<Failings, 'spoils' | 'queries' | 'lists'>;
  readonly fate: (given: Given) => CallFate;
};

/** What decides about webhooks, or about captures. */
export type OtherKind = Described &
  (
    | { readonly acts: 'webhook'; readonly fate: (given: Given) => WebhookFate }
    | { readonly acts: 'capture'; readonly fate: (given: Given) => (point: CapturePoint) => bigint }
  );

/** One kind of behaviour. */
export type Kind = CallKind | OtherKind;

const dayMs = 86_400_000;
const delay = (max: number, unasked?: number): NumberField => ({
  min: 0,
  max,
  ...(unasked !== undefined && { unasked }),
});

const call = (summary: string, fate: CallKind['fate'], fields: Described['fields'] = {}): CallKind => ({
  acts: 'call',
  summary,
  fields,
  fate,
});

const spoil = (name: string, summary: string, fields: Described['fields'] = {}): CallKind => ({
  ...call(summary, ({ done = false }) => ({ how: 'spoil', spoil: name, isDone: done === true }), fields),
  needs: 'spoils',
});

const webhook = (
  summary: string,
  fate: (given: Given) => Partial<WebhookFate>,
  fields: Described['fields'] = {},
): OtherKind => ({
  acts: 'webhook',
  summary,
  fields,
  fate: (given) => ({ lost: false, copiesAfterMs: [], ...fate(given) }),
});

/** The pauses before the copies beyond the first webhook, spread evenly. */
const copiesOf = ({ copies, spreadMs = 0 }: Given): readonly number[] =>
  Array.from({ length: Number(copies) - 1 }, (_, nth) =>
    Math.round((Number(spreadMs) * (nth + 1)) / (Number(copies) - 1)),
  );

const copies: NumberField = { min: 2, max: 100, unasked: 2 };

const calls = {
  'sent-not-done': call('The connection breaks, and nothing was done.', () => 'before'),
  'done-answer-lost': call('It is done, and the connection breaks before the answer.', () => 'afterEffect'),
  'answer-cut': call('It is done, and the connection breaks in the middle of the answer.', () => 'midBody'),
  'done-late': call(
    'The connection breaks, and it is done `afterMs` later, by the clock of the mocks.',
    ({ afterMs }) => ({ how: 'late', afterMs: Number(afterMs) }),
    { afterMs: delay(30 * dayMs) },
  ),
  'done-twice': call('It arrives twice, as sent again by somebody in between; the second answer is given.', () => ({
    how: 'twice',
  })),
  'paid-before-answer': call(
    'It is done, the buyer pays at once, and the answer waits until the webhook was answered.',
    () => 'afterWebhook',
  ),
  slow: call(
    'It is done at once, and answered `afterMs` of real time later.',
    ({ afterMs }) => ({ how: 'slow', afterMs: Number(afterMs) }),
    { afterMs: delay(3_600_000) },
  ),
  stale: {
    ...call(
      'A query is answered from what was known `lagMs` ago, by the clock of the mocks.',
      ({ lagMs }) => ({ how: 'stale', lagMs: Number(lagMs) }),
      { lagMs: delay(30 * dayMs) },
    ),
    needs: 'queries',
  },
  'list-moves': {
    ...call(
      'A page of a list comes without its newest `entries`. On a first page: the list has grown by the second, and ' +
        'who counts pages or rows meets some twice. On a second one (`skip` 1): a copy lags, and some are missed. ' +
        'Where the oldest come first, as at a bank, the end is missing: the page seems to be the last, or is none.',
      ({ entries }) => ({ how: 'moved', entries: Number(entries) }),
      { entries: { min: 1, max: 100, unasked: 1 } },
    ),
    needs: 'lists',
  },
  throttled: spoil('throttled', 'Refused because there were too many calls.', { done: 'truth' }),
  unavailable: spoil('unavailable', 'The vendor’s answer of which nobody knows whether it was done.', {
    done: 'truth',
  }),
  'failed-inside': spoil('failed-inside', 'HTTP 200 with a failure inside.', { done: 'truth' }),
  'no-funds': spoil('no-funds', 'Refused because whoever pays has not enough; of clouds.', { done: 'truth' }),
  malformed: spoil('malformed', 'Done, and answered by the page of a gateway in between.'),
  truncated: spoil('truncated', 'Done, and answered by half of the body, over a healthy connection.'),
  'wrong-status': spoil('wrong-status', 'Done, and the whole answer comes under status 502.'),
  unsigned: spoil('unsigned', 'Done, and the answer has no signature.'),
  'wrongly-signed': spoil('wrongly-signed', 'Done, and the answer is signed by a key that is not the provider’s.'),
  tampered: spoil('tampered', 'Done, and a field of the answer was changed after signing.'),
  'told-as-ordered': spoil(
    'told-as-ordered',
    'Done, and the amounts in the answer were changed after signing to what was ordered.',
  ),
  'stale-certificate': spoil('stale-certificate', 'Done, and signed by a certificate that has run out.'),
} as const satisfies Readonly<Record<string, CallKind>>;

const webhooks = {
  'webhook-lost': webhook('It is never sent.', () => ({ lost: true })),
  'webhook-duplicated': webhook(
    'It comes `copies` times, within `spreadMs` of real time.',
    (given) => ({ copiesAfterMs: copiesOf(given) }),
    { copies, spreadMs: delay(3_600_000, 1_000) },
  ),
  'webhook-parallel': webhook('It comes `copies` times at once.', (given) => ({ copiesAfterMs: copiesOf(given) }), {
    copies,
  }),
  'webhook-renumbered': webhook(
    'One payment is told in `copies` webhooks, each under an id of its own.',
    (given) => ({ copiesAfterMs: copiesOf(given), areCopiesRenumbered: true }),
    { copies },
  ),
  'webhook-reordered': webhook(
    'It waits until the provider’s next webhook has left, at most `withinMs` by the clock of the mocks.',
    ({ withinMs }) => ({ overtakenWithinMs: Number(withinMs) }),
    { withinMs: delay(30 * dayMs, 3_600_000) },
  ),
  'webhook-late': webhook(
    'It leaves `afterMs` later, by the clock of the mocks.',
    ({ afterMs }) => ({ lateMs: Number(afterMs) }),
    { afterMs: delay(30 * dayMs) },
  ),
  'webhook-replayed': webhook(
    'It comes once more `afterMs` later by the clock of the mocks, byte for byte, although it was answered.',
    ({ afterMs }) => ({ replaysAfterMs: [Number(afterMs)] }),
    { afterMs: delay(365 * dayMs) },
  ),
  'webhook-partial': webhook('The first attempt breaks off in the middle of its body.', () => ({ tamper: 'half' })),
  'webhook-false': webhook(
    'It says something wrong (`what`), and is signed as if it were right.',
    ({ what }) => ({ falsehood: String(what) }),
    { what: { nameOf: 'falsehoods' } },
  ),
  'webhook-tampered': webhook(
    'The first attempt is not authentic (`what`); its retries are.',
    ({ what }) => ({ tamper: String(what) }),
    { what: { nameOf: 'tampers' } },
  ),
} as const satisfies Readonly<Record<string, OtherKind>>;

const captures = {
  'captured-short': {
    acts: 'capture',
    summary: 'The provider captures `percent` less than was asked for, but at least one minor unit, and tells of that.',
    fields: { percent: { min: 1, max: 99 } },
    fate:
      ({ percent }) =>
      ({ amountMinor }) => {
        const shortMinor = (amountMinor * BigInt(Number(percent))) / 100n;
        return amountMinor - (shortMinor === 0n ? 1n : shortMinor);
      },
  },
} as const satisfies Readonly<Record<string, OtherKind>>;

/** By name, which is the `does` of a behaviour. */
export const kinds: Readonly<Record<Behaviour['does'], Kind>> = { ...calls, ...webhooks, ...captures };
