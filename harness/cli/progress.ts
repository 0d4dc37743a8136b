/** Says on standard error what is being done, so that nobody takes long work for a hang. */
import { type Clock, systemClock } from '../clock.ts';
import type { Told } from '../run/drive.ts';

/**
 * Where progress is told. A terminal shows one line that is overwritten; anything else gets a line now and then, and so
 * does a terminal that a pipeline pretends to have.
 */
export interface ProgressPorts {
  readonly stream: { write(text: string): unknown; readonly isTTY?: boolean; readonly columns?: number };
  readonly clock: Clock;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** A log that nobody watches hears nothing of short work, and of long work this often. */
const lineEveryMs = 5_000;
const redrawEveryMs = 1_000;
const columnsMax = 80;
const eraseLine = '\r\u001b[2K';

const standardError = (): ProgressPorts => ({ stream: process.stderr, clock: systemClock, environment: process.env });

/** Runs `work`, which says what it is doing; the line on a terminal is erased at the end, and before `paused` work. */
export const withProgress = async <Result>(
  title: string,
  work: (told: Told) => Promise<Result>,
  { stream, clock, environment }: ProgressPorts = standardError(),
): Promise<Result> => {
  const startedMs = clock.nowMs();
  const isTerminal = stream.isTTY === true && environment.TERM !== 'dumb' && !environment.CI;
  let doing = '';
  const line = (): string => `${title}, ${Math.round((clock.nowMs() - startedMs) / 1_000)} s: ${doing}`;
  const draw = (): void => {
    stream.write(`${eraseLine}${line().slice(0, (stream.columns ?? columnsMax) - 1)}`);
  };
  const show = isTerminal ? draw : (): void => void stream.write(`${line()}\n`);
  let cancel = (): void => {};
  const showLater = (): void => {
    cancel = clock.after(isTerminal ? redrawEveryMs : lineEveryMs, () => {
      show();
      showLater();
    });
  };
  showLater();
  try {
    return await work((now) => {
      doing = now;
      if (isTerminal) draw();
    });
  } finally {
    cancel();
    if (isTerminal) stream.write(eraseLine);
  }
};
