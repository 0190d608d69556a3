import type { FiguresExhibit, PictureExhibit, TableExhibit } from '../stage/exhibit.js';

/** A picture as the page shows it: by a path relative to the page instead of a digest. */
export interface ShownPicture extends Omit<PictureExhibit, 'digest' | 'sizeBytes'> {
  readonly src: string;
}
export type ShownExhibit = ShownPicture | TableExhibit | FiguresExhibit;

/** What became of a stage in a run. */
export type ReportedState = 'cached' | 'ran' | 'failed' | 'skipped' | 'blocked' | 'interrupted';

export interface ReportedStage {
  readonly name: string;
  readonly kind: string;
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

/** A whole run as its report page tells it. Stages stand in the order in which data goes through them. */
export interface ReportModel {
  readonly pipelineName: string;
  readonly runId: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly tookMs: number;
  readonly outcome: 'succeeded' | 'failed' | 'interrupted';
  readonly command?: string;
  readonly seed: number;
  readonly machine?: string;
  readonly stages: readonly ReportedStage[];
}
