import { recallThresholds } from './coco-ap.js';
import { iouThresholds } from './coco-ranges.js';
import type { ClassRanking } from './ranking.js';

export interface WeightedFigures {
  /** Mean over IoU .5–.95 and over the classes that have objects. */
  readonly ap: number;
  readonly ap50: number;
}

/**
 * AP and AP50 when an image counts any number of times, also never. Detections have been matched once, and their
 * order and fate do not depend on other images, so this is all that a resample or a slice by images needs.
 * @returns a function of how often each image counts [N]; undefined when no object is left to find
 */
export function weightedFigures(
  rankings: readonly ClassRanking[],
): (times: ArrayLike<number>) => WeightedFigures | undefined {
  const lists = rankings.map((ranking) =>
    Array.from(iouThresholds, (_, threshold) => countingDetections(ranking, threshold)),
  );
  return (times) => {
    let [sum, sum50, classes] = [0, 0, 0];
    for (const [k, { truthImage }] of rankings.entries()) {
      let truth = 0;
      for (let g = 0; g < truthImage.length; g++) truth += times[truthImage[g] as number] as number;
      if (truth === 0) continue;
      classes += 1;
      const perThreshold = (lists[k] ?? []).map((list) => weightedAp(list, times, truth)); // [T]
      sum50 += perThreshold[0] ?? 0;
      sum += perThreshold.reduce((total, value) => total + value, 0) / perThreshold.length;
    }
    return classes === 0 ? undefined : { ap: sum / classes, ap50: sum50 / classes };
  };
}

interface DetectionList {
  /** [D] */
  readonly image: Uint32Array;
  /** [D] 1 when it is right. */
  readonly right: Uint8Array;
}

/** The detections that count at a threshold, right or wrong. */
function countingDetections(ranking: ClassRanking, threshold: number): DetectionList {
  const bit = 1 << threshold;
  const image: number[] = [];
  const right: number[] = [];
  for (let d = 0; d < ranking.image.length; d++) {
    if ((ranking.ignored[d] as number) & bit) continue;
    image.push(ranking.image[d] as number);
    right.push((ranking.matched[d] as number) & bit ? 1 : 0);
  }
  return { image: Uint32Array.from(image), right: Uint8Array.from(right) };
}

/**
 * AP by the 101 recall thresholds when detections count as often as their image was drawn. Between two right ones
 * precision only falls, so the right ones alone matter.
 */
function weightedAp({ image, right }: DetectionList, times: ArrayLike<number>, truth: number): number {
  const hits = new Float64Array(right.length);
  const precisions = new Float64Array(right.length);
  let [found, wrong, count] = [0, 0, 0];
  for (let d = 0; d < image.length; d++) {
    const weight = times[image[d] as number] as number;
    if (weight === 0) continue;
    if (right[d] === 0) wrong += weight;
    else {
      found += weight;
      hits[count] = found;
      precisions[count] = found / (found + wrong);
      count += 1;
    }
  }
  let [sum, best, r] = [0, 0, recallThresholds.length - 1];
  for (let hit = count - 1; hit >= 0; hit--) {
    const reached = (hits[hit] as number) / truth;
    const before = hit === 0 ? -1 : (hits[hit - 1] as number) / truth;
    if ((precisions[hit] as number) > best) best = precisions[hit] as number;
    while (r >= 0 && (recallThresholds[r] as number) > reached) r -= 1;
    while (r >= 0 && (recallThresholds[r] as number) > before) {
      sum += best;
      r -= 1;
    }
  }
  return sum / recallThresholds.length;
}
