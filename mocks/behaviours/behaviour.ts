/** How a mock misbehaves by request: the JSON of `POST /__topple/behaviours`, and what the typed client takes. */

/**
 * Which calls or webhooks misbehave: the next `times` (1 if left out) after `skip` (0) that fit. Calls that nobody
 * signed, or that carry no key, are not counted: a stranger uses up nothing.
 */
export interface Choice {
  /** The operation of a call, as the vendor writes it; left out: any. */
  readonly operation?: string;
  /** The client's own number of the order; left out: any. */
  readonly reference?: string;
  readonly skip?: number;
  readonly times?: number;
}

/** What becomes of a call; `done` has it done where that way of answering would leave it undone. */
export type CallBehaviour =
  | { readonly does: 'sent-not-done' | 'done-answer-lost' | 'answer-cut' | 'done-twice' | 'paid-before-answer' }
  | { readonly does: 'done-late' | 'slow'; readonly afterMs: number }
  | { readonly does: 'stale'; readonly lagMs: number }
  | { readonly does: 'list-moves'; readonly entries?: number }
  | { readonly does: 'throttled' | 'unavailable' | 'failed-inside' | 'no-funds'; readonly done?: boolean }
  | {
      readonly does:
        | 'malformed'
        | 'truncated'
        | 'wrong-status'
        | 'unsigned'
        | 'wrongly-signed'
        | 'tampered'
        | 'told-as-ordered'
        | 'stale-certificate';
    };

/** What becomes of a webhook. */
export type WebhookBehaviour =
  | { readonly does: 'webhook-lost' | 'webhook-partial' }
  | { readonly does: 'webhook-duplicated'; readonly copies?: number; readonly spreadMs?: number }
  | { readonly does: 'webhook-parallel' | 'webhook-renumbered'; readonly copies?: number }
  | { readonly does: 'webhook-reordered'; readonly withinMs?: number }
  | { readonly does: 'webhook-late' | 'webhook-replayed'; readonly afterMs: number }
  | { readonly does: 'webhook-false' | 'webhook-tampered'; readonly what: string };

/** What becomes of a payment: less is captured than was asked for. */
export interface CaptureBehaviour {
  readonly does: 'captured-short';
  readonly percent: number;
}

/** One behaviour; those that were asked for first come first. */
export type Behaviour = Choice & (CallBehaviour | WebhookBehaviour | CaptureBehaviour);

/** A behaviour that a mock has: `hits` counts the calls or webhooks that met it. */
export type KeptBehaviour = Behaviour & { readonly id: number; readonly hits: number };
