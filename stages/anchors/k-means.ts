import type { RandomStream } from '../../pipeline/core/seed.js';
import { centredIou } from '../lib/metrics/iou.js';

/** [width, height] in pixels of the network's input. */
export type Size = readonly [number, number];

interface AnchorClusters {
  /** Sorted by area. */
  readonly anchors: readonly Size[];
  /** Mean over the boxes of the overlap with the best anchor, centres together. */
  readonly meanIou: number;
}

/**
 * k-means with distance 1 − IoU (Redmon & Farhadi 2017, §2), started by k-means++ (Arthur & Vassilvitskii 2007), the
 * mean of a cluster's sizes as its centre; the best of several starts. A function of the stream's name and the sizes.
 * @param sizes at least `count` different ones
 */
export function clusterSizes(
  sizes: readonly Size[],
  count: number,
  restarts: number,
  stream: RandomStream,
): AnchorClusters {
  let best: AnchorClusters = { anchors: [], meanIou: -1 };
  for (let start = 0; start < restarts; start++) {
    const found = refine(sizes, plusPlus(sizes, count, stream));
    if (found.meanIou > best.meanIou) best = found;
  }
  return { ...best, anchors: [...best.anchors].sort((a, b) => a[0] * a[1] - b[0] * b[1] || a[0] - b[0]) };
}

/**
 * How well anchors fit sizes: the share of boxes that overlap their best anchor by half or more (centres together), and
 * the mean over the boxes of the sides' ratio to that of the best anchor, the worse side, at most 4 times off (YOLOv5's
 * fitness).
 */
export function anchorFitness(
  sizes: readonly Size[],
  anchors: readonly Size[],
): { readonly recall: number; readonly fitness: number } {
  let covered = 0;
  let sum = 0;
  for (const [width, height] of sizes) {
    if (nearest(width, height, anchors).iou >= 0.5) covered++;
    const ratios = anchors.map(([w, h]) => Math.min(width / w, w / width, height / h, h / height));
    const best = Math.max(...ratios);
    sum += best > 0.25 ? best : 0;
  }
  return { recall: covered / sizes.length, fitness: sum / sizes.length };
}

/** How many sizes differ from all others. */
export function distinctSizes(sizes: readonly Size[]): number {
  return new Set(sizes.map(([width, height]) => `${width}×${height}`)).size;
}

/** Centres drawn one by one, each with odds that grow with the square of its distance to those before. */
function plusPlus(sizes: readonly Size[], count: number, stream: RandomStream): Size[] {
  const centres: Size[] = [sizes[stream.integer(0, sizes.length - 1)] ?? [1, 1]];
  const distances = sizes.map(() => Infinity);
  while (centres.length < count) {
    const last = centres[centres.length - 1] ?? [1, 1];
    let total = 0;
    for (const [i, size] of sizes.entries()) {
      const distance = (1 - centredIou(size[0], size[1], last[0], last[1])) ** 2;
      distances[i] = Math.min(distances[i] ?? Infinity, distance);
      total += distances[i] ?? 0;
    }
    let left = stream.next() * total;
    let chosen = distances.findLastIndex((distance) => distance > 0);
    for (const [i, distance] of distances.entries()) {
      left -= distance;
      if (left < 0 && distance > 0) {
        chosen = i;
        break;
      }
    }
    centres.push(sizes[chosen] ?? [1, 1]);
  }
  return centres;
}

/** Lloyd's rounds until no box changes its cluster. An emptied cluster keeps its centre. */
function refine(sizes: readonly Size[], start: readonly Size[]): AnchorClusters {
  let centres = start;
  const cluster = sizes.map(() => -1);
  for (let round = 0; round < 300; round++) {
    let moved = false;
    const sums = centres.map(() => ({ width: 0, height: 0, count: 0 }));
    let total = 0;
    for (const [i, [width, height]] of sizes.entries()) {
      const { index, iou } = nearest(width, height, centres);
      total += iou;
      if (cluster[i] !== index) moved = true;
      cluster[i] = index;
      const sum = sums[index];
      if (!sum) continue;
      sum.width += width;
      sum.height += height;
      sum.count++;
    }
    if (!moved) return { anchors: centres, meanIou: total / sizes.length };
    centres = centres.map((centre, i) => {
      const { width, height, count } = sums[i] ?? { width: 0, height: 0, count: 0 };
      return count === 0 ? centre : [width / count, height / count];
    });
  }
  const total = sizes.reduce((sum, [width, height]) => sum + nearest(width, height, centres).iou, 0);
  return { anchors: centres, meanIou: total / sizes.length };
}

function nearest(width: number, height: number, centres: readonly Size[]): { index: number; iou: number } {
  let best = { index: 0, iou: -1 };
  for (const [index, centre] of centres.entries()) {
    const iou = centredIou(width, height, centre[0], centre[1]);
    if (iou > best.iou) best = { index, iou };
  }
  return best;
}
