/**
 * The order of entries by class, then by image, then as they came: a cell is the run of entries of one class in one
 * image. Two counting sorts, least significant key first, so the cost is linear.
 * @param classOf [N] 0 … classCount − 1
 * @param imageOf [N] 0 … imageCount − 1
 * @returns [N] places in the given arrays
 */
export function orderByCell(
  classOf: ArrayLike<number>,
  imageOf: ArrayLike<number>,
  classCount: number,
  imageCount: number,
): Uint32Array {
  const given = Uint32Array.from({ length: classOf.length }, (_, index) => index);
  return countingSort(countingSort(given, imageOf, imageCount), classOf, classCount);
}

function countingSort(order: Uint32Array, keyOf: ArrayLike<number>, keyCount: number): Uint32Array {
  const next = new Uint32Array(keyCount + 1);
  for (const index of order) {
    const key = keyOf[index] as number;
    if (!(key >= 0 && key < keyCount)) throw new RangeError(`${key} is not a number below ${keyCount}.`);
    next[key + 1] = (next[key + 1] as number) + 1;
  }
  for (let key = 0; key < keyCount; key++) next[key + 1] = (next[key + 1] as number) + (next[key] as number);
  const sorted = new Uint32Array(order.length);
  for (const index of order) {
    const key = keyOf[index] as number;
    const place = next[key] as number;
    sorted[place] = index;
    next[key] = place + 1;
  }
  return sorted;
}

/** Sorts a part of an order by falling score, in place; equal scores stay as the entries came. */
export function sortByScore(
  order: Uint32Array,
  start: number,
  end: number,
  scoreOf: ArrayLike<number>,
): void {
  if (end - start < 2) return;
  order.subarray(start, end).sort((a, b) => (scoreOf[b] as number) - (scoreOf[a] as number) || a - b);
}
