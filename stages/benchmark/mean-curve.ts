import type { Scores } from '../lib/metrics/scores.js';
import type { Arm } from './arms.js';
import type { Scored } from './compare-arms.js';

/** Precision at each recall. */
export type Curve = readonly (readonly [recall: number, precision: number])[];

/** An arm's precision at COCO's 101 recalls and IoU .5, averaged over its classes and then over its repetitions. */
export function meanCurve(arm: Arm<Scored>): Curve {
  const curves = arm.repetitions.map(({ value }) => overClasses(value.scores));
  const [first = []] = curves;
  return first.map(([recall], place) => [
    recall,
    curves.reduce((sum, curve) => sum + (curve[place]?.[1] ?? 0), 0) / curves.length,
  ]);
}

function overClasses({ curve }: Scores): Curve {
  const [first] = curve.classes;
  return (first?.points ?? []).map(([recall], place) => [
    recall,
    curve.classes.reduce((sum, { points }) => sum + (points[place]?.[1] ?? 0), 0) / curve.classes.length,
  ]);
}
