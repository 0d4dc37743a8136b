/** What a board showed over a time: the lines of each panel, and the colour of those that judge. */
import type { BoardPanel } from './board.ts';
import { type Labels, labelOf, seriesText } from './labels.ts';
import { queryAt } from './promql/evaluate.ts';
import type { SampleStore } from './store.ts';

/** The values of one series of a panel, at every moment that was looked at; null where it had none. */
export interface PanelLine {
  /** The legend with its labels filled in; unique within the panel. */
  readonly legend: string;
  readonly points: readonly { readonly atMs: number; readonly value: number | null }[];
}

/** A panel with what it showed. */
export interface PanelView {
  readonly panel: BoardPanel;
  readonly lines: readonly PanelLine[];
}

/** What a judging panel looked like from a moment on. */
export interface ColourChange {
  readonly atMs: number;
  readonly colour: string;
}

/** `{{outcome}}` with the label's value, as Grafana fills a legend. */
const legendOf = (template: string, labels: Labels): string =>
  template === ''
    ? seriesText(labels)
    : template.replace(/\{\{\s*(\w+)\s*\}\}/g, (_all, name) => labelOf(labels, name));

/** Looks at `panel` at each of `momentsMs`, which ascend. */
export const viewOf = (panel: BoardPanel, store: SampleStore, momentsMs: readonly number[]): PanelView => {
  const lines = new Map<string, Map<number, number>>();
  for (const atMs of momentsMs) {
    for (const { query, legend } of panel.queries) {
      const answer = queryAt(query, { store, atMs });
      const samples = answer.type === 'vector' ? answer.samples : [{ labels: {}, value: Number(answer.value) }];
      for (const { labels, value } of samples) {
        const name = legendOf(legend, labels);
        lines.set(name, (lines.get(name) ?? new Map<number, number>()).set(atMs, value));
      }
    }
  }
  return {
    panel,
    lines: [...lines].map(([legend, values]) => ({
      legend,
      points: momentsMs.map((atMs) => ({ atMs, value: values.get(atMs) ?? null })),
    })),
  };
};

const colourOfValue = ({ steps, noDataColour }: BoardPanel, value: number | null): string =>
  value === null || Number.isNaN(value)
    ? noDataColour
    : (steps.findLast(({ fromValue }) => value >= fromValue)?.colour ?? noDataColour);

/** The colour of the worst of `values`: that of the highest step, before that of a missing value. */
const worstColour = (panel: BoardPanel, values: readonly (number | null)[]): string => {
  const colours = new Set(values.map((value) => colourOfValue(panel, value)));
  return panel.steps.findLast(({ colour }) => colours.has(colour))?.colour ?? panel.noDataColour;
};

/** The colours that a panel had, one entry per change; empty for a panel that judges nothing or was never looked at. */
export const coloursOf = ({ panel, lines }: PanelView, momentsMs: readonly number[]): readonly ColourChange[] => {
  if (panel.steps.length === 0) return [];
  const changes: ColourChange[] = [];
  for (const [index, atMs] of momentsMs.entries()) {
    const colour = worstColour(
      panel,
      lines.map(({ points }) => points[index]?.value ?? null),
    );
    if (changes.at(-1)?.colour !== colour) changes.push({ atMs, colour });
  }
  return changes;
};

/** True when some line of the panel had two different values. */
export const isMoving = ({ lines }: PanelView): boolean =>
  lines.some(({ points }) => new Set(points.flatMap(({ value }) => value ?? [])).size > 1);
