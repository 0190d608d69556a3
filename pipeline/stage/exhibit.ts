import type { Digest } from '../core/digest.js';

/**
 * Something a stage shows to people in the report. Exhibits belong to a stage's record, so a stage that comes
 * out of the store shows the same pictures as on the day it ran. The engine knows nothing of their subject.
 */
export type Exhibit = PictureExhibit | TableExhibit | FiguresExhibit;

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
  readonly rows: readonly (readonly (string | number | null)[])[];
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

export type ExhibitToShow = PictureToShow | TableExhibit | FiguresExhibit;
