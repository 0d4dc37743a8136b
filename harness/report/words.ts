/** The phrases that all reports share. */
import { anomalyText } from '../anomalies/index.ts';
import type { Witness } from '../invariant.ts';
import { formatMoney, type Money } from '../money.ts';
import type { Testimony } from '../run/agreement.ts';
import { settingText } from '../run/plan.ts';
import type { RunRequest, RunResult } from '../run/result.ts';

const minutesFromMs = 120_000;

/** `350 ms`, `1.4 s`, `10 min 30 s`: as short as it is exact enough. */
export const inWords = (durationMs: number): string => {
  if (durationMs < 1_000) return `${Math.round(durationMs)} ms`;
  if (durationMs < minutesFromMs) return `${(durationMs / 1_000).toFixed(1)} s`;
  const seconds = Math.round(durationMs / 1_000);
  return `${Math.floor(seconds / 60)} min${seconds % 60 === 0 ? '' : ` ${seconds % 60} s`}`;
};

/** `10.00 CNY`; minor units where the system under test names a currency that nobody knows. */
export const moneyInWords = (money: Money): string => {
  try {
    return formatMoney(money);
  } catch {
    return `${money.amountMinor} minor units of ${money.currency}`;
  }
};

/** The system as it was composed and watched: the target, the variant and the lie if there were some. */
export const composedOf = ({ system, request }: Pick<RunResult, 'system' | 'request'>): string => {
  const { variant, lie } = request;
  const composed = variant === undefined ? system.id : `${system.id} with ${variant}`;
  return lie === undefined ? composed : `${composed}, watched through ${lie.id}`;
};

/** As a POSIX shell reads it back. */
const shellWord = (word: string): string => (/^[\w./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);

/** The command that runs the same plan again; `command` is how topple is started there. */
export const rerunOf = (request: RunRequest, command: string): string => {
  const { scenario, file, seed, variant, lie, settings, load, world } = request;
  return [
    `${command} ${load === undefined ? 'run' : 'load'} ${file === undefined ? scenario.id : shellWord(file)}`,
    `--seed ${seed}`,
    ...(variant === undefined ? [] : [`--defect ${variant}`]),
    ...(lie === undefined ? [] : [`--lie ${lie.id}`]),
    ...(load?.faults ?? []).map((fault) => `--fault ${fault}`),
    ...(load?.compare === true ? ['--compare'] : []),
    ...(world === undefined ? [] : [`--world ${world}`]),
    ...settings.map((setting) => `--set ${settingText(setting)}`),
  ].join(' ');
};

const alertWords = ({ alert: voice }: Testimony, alert: string): string =>
  ({ spoke: `${alert} fired`, calm: `${alert} stayed silent`, blind: `${alert} could not see` })[voice.said];

const panelWords = ({ panel: voice, colour }: Testimony): string =>
  ({
    spoke: 'its panel turned red',
    calm: `its panel stayed ${colour}`,
    blind: colour === undefined ? 'it has no panel' : `its panel was ${colour}`,
  })[voice.said];

const speedWords = ({ detectMs, clearMs, late, allowedMs }: Testimony): string => {
  const detected = detectMs === undefined ? [] : [`told after ${inWords(detectMs)}`];
  const cleared = clearMs === undefined ? [] : [`over ${inWords(clearMs)} after it was mended`];
  if (detected.length + cleared.length === 0) return '';
  return `; ${[...detected, ...cleared].join(', ')}, ${late ? 'late: ' : ''}${inWords(allowedMs)} allowed`;
};

/** What was found instead of what was expected, with the class of the breach: `5 credits: double credit (C1)`. */
export const actualOf = ({ actual, anomaly }: Witness): string =>
  anomaly === undefined ? actual : `${actual}: ${anomalyText(anomaly)}`;

/** ` (C1)`, the class of the breach behind the words that tell of it; nothing where none is known. */
export const classOf = ({ anomaly }: Witness): string => (anomaly === undefined ? '' : ` (${anomaly})`);

/** What alert and panel said about one invariant, and how soon. */
export const dashboardsOf = (testimony: Testimony, alert: string): string => {
  const { agreement } = testimony;
  if (agreement === 'unwatched') return 'no alert and no panel watch it';
  const said = `${alertWords(testimony, alert)}, ${panelWords(testimony)}`;
  return `${said} (${agreement}${speedWords(testimony)})`;
};
