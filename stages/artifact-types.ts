/**
 * The artifact types of our stage kinds, and the files that an artifact of each type consists of. A stage that
 * makes one promises these files; a stage that takes one relies on them.
 */
export const artifactTypes = {
  /**
   * Rendered frames: per frame `<id>.png` (sRGB), `<id>.mask.png` (16-bit grey, 0 = nothing, n = instance n) and
   * `<id>.json` (FrameRecord of stages/lib/dataset/frame-record.ts), and `frames.jsonl`, one FrameRecord a line.
   */
  frames: 'Rendered frames with instance masks and a record of the objects in each',
  /** `dataset.json` (DatasetHeader) and `records.jsonl` (DatasetRecord a line), and the images that they name. */
  dataset: 'Images with boxes',
  /** `anchors.json`: { anchors: [[width, height], …] in pixels of the network input, sorted by area, meanIou }. */
  anchors: 'Anchor sizes for a detector',
  /**
   * `model.cfg` (Darknet cfg), `model.weights` (Darknet weights), `detector.json` (classes, input size, resize);
   * `learnt-images.jsonl` (LearntImage a line) where it was trained here.
   */
  detector: 'A trained detector',
  /**
   * `predictions.jsonl`: a PredictionRecord a line (stages/lib/dataset/prediction-record.ts), in dataset order; the
   * detector's `learnt-images.jsonl` where it has one.
   */
  predictions: 'What a detector found in images',
  /** `scores.json`: figures and curves of an evaluation. */
  scores: 'Figures of an evaluation',
  /** `statistics.json`: a DatasetStatistics each (stages/lib/dataset/statistics), and how they differ. */
  statistics: 'What datasets hold, in numbers',
  /** Any files. */
  files: 'Files made by a command, or a dataset in another format',
} as const;
