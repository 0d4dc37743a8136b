/**
 * Reads the panels of a Grafana board as an operator's browser would: queries, legends, thresholds. What would be drawn
 * otherwise than it is computed here (another reduction, relative thresholds) is refused, never guessed.
 */
import { errors } from '../errors.ts';
import type { Query } from './promql/ast.ts';
import { parsePromql } from './promql/parse.ts';

/** From this value upwards, inclusive, the panel has this colour. */
export interface ColourStep {
  readonly fromValue: number;
  readonly colour: string;
}

/** One panel. A `stat` shows the value of now on a coloured ground, a `timeseries` lines over time. */
export interface BoardPanel {
  readonly id: number;
  readonly title: string;
  readonly description: string;
  readonly kind: 'stat' | 'timeseries';
  /** Grafana's unit id: `cps`, `suffix:payments`. */
  readonly unit: string;
  readonly queries: readonly { readonly query: Query; readonly legend: string }[];
  /** Ascending, the first from -Infinity; empty where the panel judges nothing. */
  readonly steps: readonly ColourStep[];
  /** Colour of a missing value. Without a mapping of its own Grafana gives it that of the lowest step. */
  readonly noDataColour: string;
}

/** A board as text, and what errors call it. */
export interface BoardFile {
  readonly path: string;
  readonly text: string;
}

interface PanelJson {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly targets?: readonly { readonly expr: string; readonly legendFormat?: string }[];
  readonly options?: { readonly reduceOptions?: { readonly calcs?: readonly string[]; readonly values?: boolean } };
  readonly fieldConfig?: {
    readonly defaults?: {
      readonly unit?: string;
      readonly mappings?: readonly {
        readonly type: string;
        readonly options: { readonly match?: string; readonly result?: { readonly color?: string } };
      }[];
      readonly thresholds?: {
        readonly mode: string;
        readonly steps: readonly { readonly value: number | null; readonly color: string }[];
      };
    };
  };
}

const drawn = ['stat', 'timeseries'];

const stepsOf = ({ fieldConfig }: PanelJson): readonly ColourStep[] =>
  (fieldConfig?.defaults?.thresholds?.steps ?? []).map(({ value, color }) => {
    return { fromValue: value ?? Number.NEGATIVE_INFINITY, colour: color };
  });

const noDataColourOf = (panel: PanelJson): string => {
  const mapping = panel.fieldConfig?.defaults?.mappings?.find(({ type, options }) => {
    return type === 'special' && options.match?.startsWith('null');
  });
  return mapping?.options.result?.color ?? stepsOf(panel)[0]?.colour ?? '';
};

/** Why the panel cannot be computed here as Grafana draws it; none if it can. */
const problemsOf = (panel: PanelJson): string[] => {
  const { mode, steps = [] } = panel.fieldConfig?.defaults?.thresholds ?? {};
  const { calcs, values } = panel.options?.reduceOptions ?? {};
  const isAscending = steps.every(
    ({ value }, index) => index === 0 || (value ?? NaN) > (steps[index - 1]?.value ?? -Infinity),
  );
  return [
    ...(drawn.includes(panel.type) ? [] : [`its type ${panel.type} is not drawn here`]),
    ...(mode === undefined || mode === 'absolute' ? [] : [`its thresholds are ${mode}, not absolute`]),
    ...(isAscending && (steps[0]?.value ?? null) === null ? [] : ['its thresholds do not ascend from null']),
    ...(panel.type !== 'stat' || (calcs?.join() === 'last' && values !== true)
      ? []
      : ['it does not show the last value']),
    ...(panel.targets?.length ? [] : ['it asks for nothing']),
  ];
};

const panelOf = (panel: PanelJson, rateWindow: string): BoardPanel => ({
  id: panel.id,
  title: panel.title,
  description: panel.description ?? '',
  kind: panel.type === 'stat' ? 'stat' : 'timeseries',
  unit: panel.fieldConfig?.defaults?.unit ?? 'short',
  queries: (panel.targets ?? []).map(({ expr, legendFormat }) => ({
    query: parsePromql(expr.replaceAll('$__rate_interval', rateWindow)),
    legend: legendFormat ?? '',
  })),
  steps: stepsOf(panel),
  noDataColour: noDataColourOf(panel),
});

/**
 * The panels of a board in their order, rows left out. `rateWindowMs` takes the place of `$__rate_interval`. Throws
 * `invalid-board`, which lists every panel that cannot be computed, and what `parsePromql` throws.
 */
export const readBoard = ({ path, text }: BoardFile, rateWindowMs: number): readonly BoardPanel[] => {
  const board = JSON.parse(text) as { readonly panels?: readonly PanelJson[] };
  const panels = (board.panels ?? []).filter(({ type }) => type !== 'row');
  const problems = panels.flatMap((panel) => problemsOf(panel).map((problem) => `${panel.title}: ${problem}`));
  if (problems.length > 0) throw errors.invalidBoard(path, problems);
  return panels.map((panel) => panelOf(panel, `${rateWindowMs}ms`));
};
