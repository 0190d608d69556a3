/**
 * The artifact types of our stage kinds, and the files that an artifact of each type consists of. A stage that
 * makes one promises these files; a stage that takes one relies on them.
 */
export const artifactTypes = {
  /**
   * Rendered frames: per frame `<id>.png` (sRGB), `<id>.mask.png` (16-bit grey, 0 = nothing, n = instance n) and
   * `<id>.json` (FrameRecord of stages/lib/dataset/frame-record.ts), and `frames.jsonl`, one FrameRecord a line.
   * Where asked for, `<id>.depth.png`: 16-bit grey, the distance from the camera's plane (not from its point) in
   * millimetres, 65535 for farther than 65.534 m and for nothing; and `<id>.normals.png`: 16-bit RGB, the surface's
   * direction in the world (x, y, z; the record's camera turns it into the camera's), 0 = −1 and 65535 = 1, grey
   * (32768) for nothing, the mean of the samples at edges. `quality.json`: what the checks found doubtful, by frame,
   * with the thresholds, and the frames that are missing because Blender did not survive them (`quarantined`; they
   * are in no other file).
   */
  frames: 'Rendered frames with instance masks and a record of the objects in each',
  /** `dataset.json` (DatasetHeader) and `records.jsonl` (DatasetRecord a line), and the images that they name. */
  dataset: 'Images with boxes',
  /** `anchors.json`: { anchors: [[width, height], …] in pixels of the network input, sorted by area, meanIou }. */
  anchors: 'Anchor sizes for a detector',
  /**
   * `model.cfg` (Darknet cfg), `model.weights` (Darknet weights), `detector.json` (classes, input size, resize); of one
   * trained here also `training/curves.csv` and an event file for TensorBoard beside it;
   * `learnt-images.jsonl` (LearntImage a line) where it was trained here.
   */
  detector: 'A trained detector',
  /**
   * `generator.json` (shape and mode), `generator.bin` (32-bit floats in the order of stages/cyclegan/networks/generator.ts),
   * `generator.onnx`; `encoder.bin` and `encoder.onnx` where an encoder makes its maps; `training/losses.csv` and an event
   * file for TensorBoard beside it; `learnt-images.jsonl`.
   */
  generator: 'A generator that makes images of one domain look like those of another',
  /**
   * `predictions.jsonl`: a PredictionRecord a line (stages/lib/dataset/prediction-record.ts), in dataset order; the
   * detector's `learnt-images.jsonl` where it has one.
   */
  predictions: 'What a detector found in images',
  /**
   * `scores.json` (stages/lib/metrics/scores.ts), `ranking.json` (…/ranking.ts: what figures and intervals come from) and
   * `scores.xlsx`.
   */
  scores: 'Figures of an evaluation',
  /** `benchmark.json`, `.csv`, `.xlsx` and `.html`: arms ranked; `curves.svg` and `.png`. */
  benchmark: 'A comparison of evaluations',
  /** `statistics.json`: a DatasetStatistics each (stages/lib/dataset/statistics), and how they differ. */
  statistics: 'What datasets hold, in numbers',
  /** Any files. */
  files: 'Files made by a command, or a dataset in another format',
} as const;
