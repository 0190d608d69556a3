import { summarizeCoco } from '../lib/metrics/coco-ap.js';
import { matchBoxes, type BoxEvaluation } from '../lib/metrics/coco-match.js';
import { precisionRecall } from '../lib/metrics/precision-recall.js';
import type { Scores } from '../lib/metrics/scores.js';

/** All figures and curves of an evaluation. Pure. */
export function computeScores(evaluation: BoxEvaluation, classes: readonly string[]): Scores {
  const matches = matchBoxes(evaluation);
  const { figures, perClass } = summarizeCoco(matches);
  const curves = classes.map((_, index) => precisionRecall(matches, index));
  const found = new Uint32Array(classes.length);
  for (let d = 0; d < evaluation.detections.class.length; d++) {
    const index = evaluation.detections.class[d] as number;
    found[index] = (found[index] as number) + 1;
  }
  let crowds = 0;
  for (let g = 0; g < evaluation.truth.crowd.length; g++) crowds += evaluation.truth.crowd[g] as number;
  return {
    version: 1,
    stats: figures,
    perClass: classes.map((name, index) => ({
      class: name,
      AP: perClass[index]?.ap ?? -1,
      AP50: perClass[index]?.ap50 ?? -1,
      truth: matches.truthCount[0]?.[index] ?? 0,
      detections: found[index] as number,
      bestF1: curves[index]?.best ?? null,
    })),
    curve: {
      iou: 0.5,
      classes: classes.flatMap((name, index) => {
        const curve = curves[index];
        return curve ? [{ class: name, points: curve.interpolated.map(([r, p]) => [r, p]) }] : [];
      }),
    },
    counts: {
      images: evaluation.imageCount,
      objects: evaluation.truth.class.length,
      crowds,
      detections: evaluation.detections.class.length,
    },
  };
}
