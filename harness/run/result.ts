/** Everything that one run found out; reports are made from it and from nothing else. */
import type { Books } from '../books.ts';
import type { History } from '../history.ts';
import type { PanelView } from '../observe/panel-view.ts';
import type { ProviderRecords } from '../provider.ts';
import type { Scenario } from '../scenario.ts';
import type { LinkHits } from '../world.ts';
import type { Testimony } from './agreement.ts';
import type { Evidence } from './evidence.ts';
import type { Lie } from './lies.ts';
import type { LoadOutcome } from './load-outcome.ts';
import type { RunPlan, Setting } from './plan.ts';
import type { Verdict } from './verdict.ts';

/** What was asked for: enough to run it again. */
export interface RunRequest {
  readonly scenario: Scenario;
  /** The file that the scenario was named by, as the user wrote it; left out for one with a name. */
  readonly file?: string;
  readonly seed: number;
  readonly settings: readonly Setting[];
  /** Id of the defect or look-alike that the system was composed with. */
  readonly variant?: string;
  /** What stood between the system and those who watched it. */
  readonly lie?: Lie;
  /** Id of the world, where it is not the embedded one. */
  readonly world?: string;
  /** Only of a load. */
  readonly load?: LoadRequest;
}

/** What was asked for besides, of a run that k6 drives. */
export interface LoadRequest {
  /** Faults on the timeline, as `--fault` takes them. */
  readonly faults: readonly string[];
  /** Whether it was compared with a run without the faults on the timeline because somebody asked for that. */
  readonly compare: boolean;
}

/** When a fault could act. Moments are real milliseconds since the epoch. */
export interface FaultWindow {
  /** The fault's id, and the place at which it was planned. */
  readonly fault: string;
  readonly at: string;
  /** Which of the plan's faults it is: the same one may be planned twice at one place. */
  readonly faultIndex: number;
  readonly fromMs: number;
  readonly untilMs: number;
}

/** The signals as they were seen, ready to be written. */
export interface SignalLog {
  /** All samples as OpenMetrics text. */
  readonly openMetrics: string;
  /** Each change of an alert's state, in order of time. */
  readonly alerts: readonly object[];
  /** Scrapes that failed, as `instance: reason`. */
  readonly failedScrapes: readonly string[];
}

/** Where a run was made. */
export interface Place {
  /** How a person starts topple there. */
  readonly command: string;
  /** Id of the world. */
  readonly world: string;
  /** What it was made with, by name: topple, Node. */
  readonly versions: Readonly<Record<string, string>>;
}

/** A finished run. Times in milliseconds; `…Ms` moments are real time since the epoch. */
export interface RunResult {
  readonly request: RunRequest;
  /** The target's id, and where it ran. */
  readonly system: Place & { readonly id: string };
  readonly plan: RunPlan;
  readonly startedMs: number;
  readonly verdict: Verdict;
  readonly testimonies: readonly Testimony[];
  readonly evidence: readonly Evidence[];
  readonly books: Books;
  readonly records: readonly (ProviderRecords & { readonly provider: string })[];
  readonly history: History;
  readonly signals: SignalLog;
  /** What the board showed, panel by panel. */
  readonly panels: readonly PanelView[];
  readonly faultWindows: readonly FaultWindow[];
  readonly linkHits: readonly LinkHits[];
  readonly logs: Readonly<Record<string, string>>;
  /** From the start of the world to its verdict. */
  readonly tookMs: number;
  /** From the faults' removal until the system was at rest. */
  readonly settledMs: number;
  /** Only of a load. */
  readonly load?: LoadOutcome;
}
