/** The phrases that all reports share. */
import { formatRange } from '../range.ts';
import type { Testimony } from '../run/agreement.ts';
import type { RunRequest, RunResult } from '../run/result.ts';

/** `1.4 s`, `0.12 s`, `350 ms`: as short as it is exact enough. */
export const inWords = (durationMs: number): string =>
  durationMs < 1_000 ? `${Math.round(durationMs)} ms` : `${(durationMs / 1_000).toFixed(1)} s`;

/** The system as it was composed: the target, and the variant if there was one. */
export const composedOf = ({ system, request }: Pick<RunResult, 'system' | 'request'>): string =>
  request.variant === undefined ? system.id : `${system.id} with ${request.variant}`;

/** The command that runs the same plan again; `command` is how topple is started there. */
export const rerunOf = ({ scenario, seed, variant, settings }: RunRequest, command: string): string =>
  [
    `${command} run ${scenario.id} --seed ${seed}`,
    ...(variant === undefined ? [] : [`--defect ${variant}`]),
    ...settings.map(({ owner, param, range }) => `--set ${owner}.${param}=${formatRange(range)}`),
  ].join(' ');

/** What the dashboards said about one invariant. */
export const dashboardsOf = (testimony: Testimony, alert: string, detectMsMax: number): string => {
  const { agreement, detectMs } = testimony;
  const soon = detectMs === undefined ? '' : ` after ${inWords(detectMs)}`;
  const late = testimony.late ? 'late: ' : '';
  return {
    quiet: `${alert} stayed quiet`,
    caught: `${alert} fired${soon} (caught; ${late}${inWords(detectMsMax)} allowed)`,
    missed: `${alert} stayed silent (missed)`,
    'false alarm': `${alert} fired although the books are right (false alarm)`,
    blind: `${alert} could not see: ${testimony.blindBecause}`,
    unwatched: 'no alert watches it',
  }[agreement];
};
