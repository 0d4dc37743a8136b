/** Signals for the tests of those who judge them: what the alert and the panel of `no-double-credit` said. */
import { alertNameOf } from '../invariant.ts';
import { invariants } from '../invariants/index.ts';
import { noDoubleCredit } from '../invariants/no-double-credit.ts';
import type { Signals } from './agreement.ts';

/** Everything watched, silent and green, except for what the parts say. Moments in milliseconds. */
export const heard = ({
  fired = {},
  red,
  lastColour,
  ...part
}: Partial<Signals> & {
  /** Begin and perhaps end of one firing, by alert. */
  readonly fired?: Readonly<Record<string, readonly [number, number?]>>;
  /** Begin and perhaps end of the panel's red. */
  readonly red?: readonly [number, number?];
  readonly lastColour?: string;
} = {}): Signals => {
  const [redMs, greenMs] = red ?? [];
  const own = [
    { atMs: 0, colour: 'green' },
    ...(redMs === undefined ? [] : [{ atMs: redMs, colour: 'red' }]),
    ...(greenMs === undefined ? [] : [{ atMs: greenMs, colour: 'green' }]),
    ...(lastColour === undefined ? [] : [{ atMs: 10_000, colour: lastColour }]),
  ];
  const green = [{ atMs: 0, colour: 'green' }];
  return {
    firings: Object.entries(fired).map(([alert, [atMs, endedMs]]) => {
      return { alert, atMs, ...(endedMs === undefined ? {} : { endedMs }) };
    }),
    watched: new Set(invariants.map(alertNameOf)),
    broken: new Set(),
    colours: new Map(invariants.map(({ id, claim }) => [claim, id === noDoubleCredit.id ? own : green])),
    mended: new Map(),
    detectMsMax: 500,
    slowMsMax: new Map(),
    agesMs: new Map(),
    toleranceMs: 100,
    ...part,
  };
};
