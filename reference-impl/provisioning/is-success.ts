/** When a cloud has done what it was asked to. */

/** What an answer looks like: its HTTP status, and whether its body says that the call succeeded. */
export interface Seen {
  readonly status: number;
  readonly saysSo: boolean;
}

/** Whether an answer is a success. */
export type IsSuccess = (seen: Seen) => boolean;

/** Clouds refuse under HTTP 200 too, and gateways hand a success on under an error: both have to agree. */
export const okAndSaysSo: IsSuccess = ({ status, saysSo }) => status === 200 && saysSo;
