import type { Digest } from '../core/digest.js';

/**
 * Something a stage shows to people in the report. Exhibits belong to a stage's record, so a stage that comes
 * out of the store shows the same pictures as on the day it ran. The engine knows nothing of their subject.
 */
export type Exhibit = PictureExhibit | TableExhibit | FiguresExhibit | VerdictExhibit | MeasuresExhibit;

interface ExhibitBase {
  readonly title: string;
  /** One or two sentences that say how to read it. */
  readonly caption?: string;
}

/** A contact sheet, a chart, a drawing. */
export interface PictureExhibit extends ExhibitBase {
  readonly type: 'picture';
  readonly mediaType: 'image/png' | 'image/jpeg' | 'image/svg+xml';
  readonly digest: Digest;
  readonly sizeBytes: number;
}

export interface TableExhibit extends ExhibitBase {
  readonly type: 'table';
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

/** A handful of named numbers, set large. */
export interface FiguresExhibit extends ExhibitBase {
  readonly type: 'figures';
  readonly figures: readonly {
    readonly name: string;
    readonly value: number | string;
    readonly note?: string;
  }[];
}

/** A picture as a stage hands it over: its bytes go to the store, the record keeps the digest. */
export interface PictureToShow extends ExhibitBase {
  readonly type: 'picture';
  readonly mediaType: PictureExhibit['mediaType'];
  readonly data: string | Uint8Array;
}

/** A cell of a table; null where there is nothing to say. */
export type Cell = string | number | null;

/** The answer for whose sake a pipeline is run, in sentences and a table: the report begins with the last one. */
export interface VerdictExhibit extends ExhibitBase {
  readonly type: 'verdict';
  readonly sentences: readonly string[];
  readonly columns: readonly string[];
  readonly rows: readonly {
    readonly cells: readonly Cell[];
    /** The stages whose results the row sums up, by their names: `score[arm=mixed,seed=2]`. */
    readonly stages: readonly string[];
  }[];
  /**
   * A stage's result knows no time, the report does: it adds a column with how long those of these kinds took that a
   * row's stages stand on, for each of the row's stages.
   */
  readonly timed?: { readonly column: string; readonly kinds: readonly string[] };
}

/**
 * A number by which runs are compared, with what chance in the test data does to it. The engine does not know what it
 * measures; it subtracts draw by draw.
 */
export interface Measure {
  readonly name: string;
  readonly better: 'higher' | 'lower';
  readonly value: number;
  /** 95 % of the draws. */
  readonly low: number;
  readonly high: number;
  /** The number on each resample of the test data. */
  readonly draws: readonly number[];
}

/** What the blob of a MeasuresExhibit holds, as JSON. */
export interface Measures {
  readonly version: 1;
  /** Says which resamples of which data: measures of one such name are of the same draws, one by one. */
  readonly drawnFrom: string;
  readonly measures: readonly Measure[];
}

/** Measures as a record keeps them: their draws are many, so they lie in a blob. Nothing of it is shown as it is. */
export interface MeasuresExhibit extends ExhibitBase {
  readonly type: 'measures';
  readonly digest: Digest;
  readonly sizeBytes: number;
}

/** Measures as a stage hands them over. */
export interface MeasuresToShow extends ExhibitBase {
  readonly type: 'measures';
  readonly drawnFrom: string;
  readonly measures: readonly Measure[];
}

export type ExhibitToShow = PictureToShow | TableExhibit | FiguresExhibit | VerdictExhibit | MeasuresToShow;
