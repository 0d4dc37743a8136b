/** A toxic that is there for a time only, and may come while others already act. */
import type { Clock } from '../clock.ts';
import type { Span } from '../strike.ts';
import type { RunningWorld } from '../world.ts';
import type { PlannedToxic } from './fault-sites.ts';

/** A fault that comes and goes while others stay. */
export interface Passing {
  /** When it was there, each span once it is over. */
  readonly spans: readonly Span[];
  /** Ends it, whether it has begun or not, with everything as before; rejects if that, or its beginning, failed. */
  stop(): Promise<void>;
}

/** Adds the toxic when its window begins, and removes it when the window ends or `stop` is called. */
export const openWindow = (
  { link, name, toxic, window }: PlannedToxic & Required<Pick<PlannedToxic, 'window'>>,
  world: Pick<RunningWorld, 'addToxic' | 'removeToxic'>,
  clock: Clock,
): Passing => {
  const spans: Span[] = [];
  const stopping = Promise.withResolvers<'stopped'>();
  const passed = async (delayMs: number): Promise<'passed' | 'stopped'> => {
    const { promise, resolve } = Promise.withResolvers<'passed'>();
    const cancel = clock.after(delayMs, () => resolve('passed'));
    try {
      return await Promise.race([promise, stopping.promise]);
    } finally {
      cancel();
    }
  };
  const opening = async (): Promise<void> => {
    if ((await passed(window.afterMs)) === 'stopped') return;
    await world.addToxic(link, name, toxic);
    const fromMs = clock.nowMs();
    await passed(window.lengthMs);
    await world.removeToxic(link, name);
    spans.push({ fromMs, untilMs: clock.nowMs() });
  };
  const opened = opening();
  opened.catch(() => undefined); // told by stop()
  return {
    spans,
    stop: () => {
      stopping.resolve('stopped');
      return opened;
    },
  };
};
