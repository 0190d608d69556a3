import type { FiguresExhibit, PictureExhibit, TableExhibit, VerdictExhibit } from '../stage/exhibit.js';
import type { StageCost } from './cost.js';
import type { MeasureChange } from './measure-changes.js';
import type { PastRun } from './past-run.js';

/** A picture as the page shows it: by a path relative to the page instead of a digest. */
export interface ShownPicture extends Omit<PictureExhibit, 'digest' | 'sizeBytes'> {
  readonly src: string;
}
export type ShownExhibit = ShownPicture | TableExhibit | FiguresExhibit | VerdictExhibit;

/** What became of a stage in a run. */
export type ReportedState = 'cached' | 'ran' | 'failed' | 'skipped' | 'blocked' | 'interrupted' | 'left-out';

export interface ReportedStage {
  readonly name: string;
  readonly kind: string;
  /** The stages that it takes from. */
  readonly needs: readonly string[];
  readonly state: ReportedState;
  /** Why it ran, or why it did not. */
  readonly reason: string;
  /** In this run. */
  readonly tookMs: number;
  /** When its result was made, in this run or in an earlier one. */
  readonly recordedMs: number;
  readonly items?: {
    readonly total: number;
    readonly reused: number;
    readonly made: number;
    readonly failed: number;
  };
  readonly artifacts: readonly {
    readonly output: string;
    readonly type: string;
    readonly digest: string;
    readonly fileCount: number;
    readonly sizeBytes: number;
  }[];
  readonly metrics: Readonly<Record<string, number>>;
  readonly warnings: readonly string[];
  readonly error?: string;
  readonly exhibits: readonly ShownExhibit[];
}

/** What is different from an earlier run. */
export interface ReportedChanges {
  readonly runId: string;
  /** ISO 8601. */
  readonly startedAt: string;
  /** What somebody changed, and in which stages. */
  readonly changes: readonly { readonly text: string; readonly stages: string }[];
  readonly measures: readonly MeasureChange[];
}

/** A whole run as its report page tells it. Stages stand in the order in which data goes through them. */
export interface ReportModel {
  readonly pipelineName: string;
  readonly runId: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly tookMs: number;
  readonly outcome: PastRun['outcome'];
  readonly command?: string;
  readonly seed: number;
  readonly machine?: string;
  /** Absent for the first run. */
  readonly since?: ReportedChanges;
  readonly cost: readonly StageCost[];
  readonly stages: readonly ReportedStage[];
}
