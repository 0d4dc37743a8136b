/** The phrases that all reports share. */
import { formatRange } from '../range.ts';
import type { Testimony } from '../run/agreement.ts';
import type { RunRequest } from '../run/result.ts';

/** `1.4 s`, `0.12 s`, `350 ms`: as short as it is exact enough. */
export const inWords = (durationMs: number): string =>
  durationMs < 1_000 ? `${Math.round(durationMs)} ms` : `${(durationMs / 1_000).toFixed(1)} s`;

/** The command that runs the same plan again. */
export const rerunOf = ({ scenario, seed, variant, settings }: RunRequest): string =>
  [
    `npm run topple -- run ${scenario.id} --seed ${seed}`,
    ...(variant === undefined ? [] : [`--defect ${variant}`]),
    ...settings.map(({ owner, param, range }) => `--set ${owner}.${param}=${formatRange(range)}`),
  ].join(' ');

/** What the dashboards said about one invariant. */
export const dashboardsOf = (testimony: Testimony, alert: string, detectMsMax: number): string => {
  const { agreement, detectMs } = testimony;
  const soon = detectMs === undefined ? '' : ` after ${inWords(detectMs)}`;
  const late = detectMs !== undefined && detectMs > detectMsMax ? 'late: ' : '';
  return {
    quiet: `${alert} stayed quiet`,
    caught: `${alert} fired${soon} (caught; ${late}${inWords(detectMsMax)} allowed)`,
    missed: `${alert} stayed silent (missed)`,
    'false alarm': `${alert} fired although the books are right (false alarm)`,
    blind: `${alert} could not see: no series tells of it, or its rule failed`,
    unwatched: 'no alert watches it',
  }[agreement];
};
