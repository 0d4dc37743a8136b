/** The shapes that panels come in; every one asks the data source that the reader chose at the top of the board. */
import {
  BigValueColorMode,
  BigValueGraphMode,
  BigValueTextMode,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import {
  DashboardLinkBuilder,
  DashboardLinkType,
  MappingType,
  SpecialValueMatch,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TimeSeriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';

/** A panel with lines over time, written by hand because no invariant speaks of it. */
export interface LinesPanel {
  /** A noun phrase. */
  readonly title: string;
  /** What the lines are. */
  readonly shows: string;
  /** What each bad picture means. */
  readonly badPictures: Readonly<Record<string, string>>;
  /** Id of a Grafana unit: `cps` (counts per second), `reqps`, `short`. */
  readonly unit: string;
  /** PromQL by legend; a legend may use labels: `{{outcome}}`. */
  readonly lines: Readonly<Record<string, string>>;
  /** Whether the lines are parts of one whole. */
  readonly stacked?: boolean;
}

/** A panel with one judged value: green up to its bound, red above, orange when there is no value. */
export interface VerdictPanel {
  readonly title: string;
  readonly description: string;
  /** What is counted: `payments`. */
  readonly unit: string;
  readonly expr: string;
  readonly bound: number;
  readonly runbookUrl: string;
}

/** The data source that the reader chose at the top of the board. */
export const datasource = { type: 'prometheus', uid: '$datasource' };

/** Grafana colours from a step upwards, inclusive; this little above the bound is a breach already. */
const smallestExcess = 1e-6;

const descriptionOf = ({ shows, badPictures }: LinesPanel): string =>
  [shows, '', ...Object.entries(badPictures).map(([picture, meaning]) => `- ${picture}: ${meaning}`)].join('\n');

/** A line chart, half a row wide; its description is Markdown. */
export const linesPanel = (panel: LinesPanel): TimeSeriesBuilder => {
  const chart = new TimeSeriesBuilder()
    .title(panel.title)
    .description(descriptionOf(panel))
    .datasource(datasource)
    .unit(panel.unit)
    .min(0)
    .span(12)
    .height(8)
    .fillOpacity(panel.stacked ? 30 : 0)
    .stacking(new StackingConfigBuilder().mode(panel.stacked ? StackingMode.Normal : StackingMode.None))
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending))
    .legend(
      new VizLegendOptionsBuilder()
        .showLegend(true)
        .displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom)
        .calcs([]),
    );
  for (const [legend, expr] of Object.entries(panel.lines)) {
    chart.withTarget(new DataqueryBuilder().expr(expr).legendFormat(legend).datasource(datasource).range());
  }
  return chart;
};

/**
 * One value on a coloured background, a third of a row wide. It asks for the value now, not for the last one of the
 * shown period: a signal that went silent has to look silent. Grafana would colour a missing value like zero, hence
 * the mapping.
 */
export const verdictPanel = ({ title, description, unit, expr, bound, runbookUrl }: VerdictPanel): StatBuilder =>
  new StatBuilder()
    .title(title)
    .description(description)
    .datasource(datasource)
    .unit(`suffix:${unit}`)
    .span(8)
    .height(4)
    .colorMode(BigValueColorMode.Background)
    .graphMode(BigValueGraphMode.None)
    .textMode(BigValueTextMode.Value)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['last']).values(false).fields(''))
    .noValue('no data')
    .mappings([
      {
        type: MappingType.SpecialValue,
        options: { match: SpecialValueMatch.NullAndNan, result: { text: 'no data', color: 'orange' } },
      },
    ])
    .thresholds(
      new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps([
        { value: null, color: 'green' },
        { value: bound + smallestExcess, color: 'red' },
      ]),
    )
    .links([new DashboardLinkBuilder('Runbook').type(DashboardLinkType.Link).url(runbookUrl)])
    .withTarget(new DataqueryBuilder().expr(expr).legendFormat(title).datasource(datasource).instant());
