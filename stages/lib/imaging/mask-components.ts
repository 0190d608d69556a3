import type { BoxXyxyPx } from '../dataset/record.js';
import type { InstanceMask } from './masks.js';

/** A connected part of an instance's pixels. */
export interface MaskPart {
  /** Tight, max exclusive. */
  readonly box: BoxXyxyPx;
  readonly areaPx: number;
}

/** What a mask shows of one instance: its parts, the largest first. */
export interface InstanceParts {
  readonly instance: number;
  readonly box: BoxXyxyPx;
  readonly areaPx: number;
  readonly parts: readonly MaskPart[];
}

interface Run {
  readonly instance: number;
  readonly y: number;
  readonly start: number;
  readonly end: number;
}

/**
 * The connected parts (corners touch, too) of each instance of a mask, in the order of their numbers. Works on runs
 * of equal pixels, joined with those of the row above (He, Chao & Suzuki 2008).
 */
export function maskComponents(mask: InstanceMask): InstanceParts[] {
  const runs: Run[] = [];
  const parent: number[] = [];
  const find = (index: number): number => {
    let root = index;
    while (parent[root] !== root) root = parent[root] ?? root;
    for (let at = index; at !== root;) {
      const next = parent[at] ?? root;
      parent[at] = root;
      at = next;
    }
    return root;
  };

  let aboveStart = 0;
  let aboveEnd = 0;
  for (let y = 0; y < mask.height; y++) {
    const rowStart = runs.length;
    for (const run of runsOfRow(mask, y)) {
      const index = runs.push(run) - 1;
      parent.push(index);
      for (let above = aboveStart; above < aboveEnd; above++) {
        const other = runs[above];
        if (!other || other.start > run.end) break;
        if (other.end < run.start) aboveStart = above;
        else if (other.instance === run.instance) parent[find(above)] = find(index);
      }
    }
    aboveStart = rowStart;
    aboveEnd = runs.length;
  }

  const parts = new Map<
    number,
    { instance: number; box: [number, number, number, number]; areaPx: number }
  >();
  for (const [index, { instance, y, start, end }] of runs.entries()) {
    const root = find(index);
    const part = parts.get(root);
    if (!part) {
      parts.set(root, { instance, box: [start, y, end, y + 1], areaPx: end - start });
      continue;
    }
    part.box = union(part.box, [start, y, end, y + 1]);
    part.areaPx += end - start;
  }
  return byInstance([...parts.values()]);
}

function* runsOfRow({ width, instances }: InstanceMask, y: number): Generator<Run> {
  const offset = y * width;
  for (let x = 0; x < width;) {
    const start = x;
    const instance = instances[offset + x] ?? 0;
    do x++;
    while (x < width && instances[offset + x] === instance);
    if (instance !== 0) yield { instance, y, start, end: x };
  }
}

function byInstance(parts: readonly (MaskPart & { readonly instance: number })[]): InstanceParts[] {
  const grouped = new Map<number, MaskPart[]>();
  for (const { instance, box, areaPx } of parts) {
    const own = grouped.get(instance);
    if (own) own.push({ box, areaPx });
    else grouped.set(instance, [{ box, areaPx }]);
  }
  return [...grouped]
    .sort(([a], [b]) => a - b)
    .map(([instance, own]) => ({
      instance,
      box: own.map(({ box }) => box).reduce(union),
      areaPx: own.reduce((sum, { areaPx }) => sum + areaPx, 0),
      parts: own.sort((a, b) => b.areaPx - a.areaPx || a.box[1] - b.box[1] || a.box[0] - b.box[0]),
    }));
}

function union(a: BoxXyxyPx, b: BoxXyxyPx): [number, number, number, number] {
  return [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[2], b[2]), Math.max(a[3], b[3])];
}
