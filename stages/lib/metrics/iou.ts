/** Numbers of boxes, four each: xmin, ymin, xmax, ymax; max exclusive, any unit. */
type FlatBoxes = Float32Array | Float64Array | readonly number[];

/** Intersection over union of box i of one list and box j of another; 0 where both are empty. */
export function iouOf(a: FlatBoxes, i: number, b: FlatBoxes, j: number): number {
  const p = 4 * i;
  const q = 4 * j;
  const ax0 = a[p] ?? 0;
  const ay0 = a[p + 1] ?? 0;
  const ax1 = a[p + 2] ?? 0;
  const ay1 = a[p + 3] ?? 0;
  const bx0 = b[q] ?? 0;
  const by0 = b[q + 1] ?? 0;
  const bx1 = b[q + 2] ?? 0;
  const by1 = b[q + 3] ?? 0;
  const width = Math.min(ax1, bx1) - Math.max(ax0, bx0);
  const height = Math.min(ay1, by1) - Math.max(ay0, by0);
  if (width <= 0 || height <= 0) return 0;
  const shared = width * height;
  const union = (ax1 - ax0) * (ay1 - ay0) + (bx1 - bx0) * (by1 - by0) - shared;
  return union > 0 ? shared / union : 0;
}

/** Intersection over union of two sizes whose boxes share their centre: how anchors are compared. */
export function centredIou(widthA: number, heightA: number, widthB: number, heightB: number): number {
  const shared = Math.min(widthA, widthB) * Math.min(heightA, heightB);
  const union = widthA * heightA + widthB * heightB - shared;
  return union > 0 ? shared / union : 0;
}

/** Intersection over union of two boxes given by x, y, width, height. */
export function iouXywh(a: ArrayLike<number>, i: number, b: ArrayLike<number>, j: number): number {
  const [ax, ay, aw, ah] = [a[4 * i] ?? 0, a[4 * i + 1] ?? 0, a[4 * i + 2] ?? 0, a[4 * i + 3] ?? 0];
  const [bx, by, bw, bh] = [b[4 * j] ?? 0, b[4 * j + 1] ?? 0, b[4 * j + 2] ?? 0, b[4 * j + 3] ?? 0];
  const width = Math.min(ax + aw, bx + bw) - Math.max(ax, bx);
  const height = Math.min(ay + ah, by + bh) - Math.max(ay, by);
  if (width <= 0 || height <= 0) return 0;
  const shared = width * height;
  return shared / (aw * ah + bw * bh - shared);
}

/** A box given by x, y, width, height as xmin, ymin, xmax, ymax. @param index its place in the flat list */
export function cornersOf(
  boxesXywh: ArrayLike<number>,
  index: number,
): [xmin: number, ymin: number, xmax: number, ymax: number] {
  const side = (s: number): number => boxesXywh[4 * index + s] ?? 0;
  return [side(0), side(1), side(0) + side(2), side(1) + side(3)];
}
