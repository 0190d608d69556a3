/** Boxes of a whole evaluation as parallel arrays. Classes and images are numbered from 0. */
export interface BoxColumns {
  readonly image: ArrayLike<number>;
  readonly class: ArrayLike<number>;
  /** [N · 4] x, y, width, height in pixels. */
  readonly boxesXywhPx: ArrayLike<number>;
}

export interface TruthColumns extends BoxColumns {
  /** [G] what size ranges go by. */
  readonly areaPx: ArrayLike<number>;
  /** [G] 1 for a box around many objects. */
  readonly crowd: ArrayLike<number>;
  /** [G] 1 for an object that need not be found: neither right nor wrong, and taken once. */
  readonly optional?: ArrayLike<number>;
}

export interface DetectionColumns extends BoxColumns {
  /** [D] no NaN. */
  readonly score: ArrayLike<number>;
}

export interface BoxEvaluation {
  readonly imageCount: number;
  readonly classCount: number;
  readonly truth: TruthColumns;
  readonly detections: DetectionColumns;
}

/** Whether an object has to be found at all: not a crowd, and not optional. */
export function counts(truth: TruthColumns, index: number): boolean {
  return truth.crowd[index] !== 1 && truth.optional?.[index] !== 1;
}

/** Whether an object counts neither as found nor as missed in a range of sizes. */
export function ignores(truth: TruthColumns, index: number, minPx: number, maxPx: number): boolean {
  const areaPx = truth.areaPx[index] as number;
  return counts(truth, index) ? areaPx < minPx || areaPx > maxPx : true;
}
