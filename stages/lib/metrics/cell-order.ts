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
  const given = ascending(classOf.length);
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

/** 0, 1, … count − 1 */
export function ascending(count: number): Uint32Array {
  const order = new Uint32Array(count);
  for (let index = 0; index < count; index++) order[index] = index;
  return order;
}

/** Runs of this length are sorted by insertion. */
const runLength = 12;

/**
 * Sorts a part of an order by falling score, in place; equal scores stay as the entries came. A merge sort: a sort
 * that calls back for each comparison takes three times as long.
 */
export function sortByScore(
  order: Uint32Array,
  start: number,
  end: number,
  scoreOf: ArrayLike<number>,
): void {
  for (let run = start; run < end; run += runLength) {
    const runEnd = Math.min(run + runLength, end);
    for (let i = run + 1; i < runEnd; i++) {
      const entry = order[i] as number;
      const score = scoreOf[entry] as number;
      let place = i;
      for (; place > run && (scoreOf[order[place - 1] as number] as number) < score; place--)
        order[place] = order[place - 1] as number;
      order[place] = entry;
    }
  }
  if (end - start <= runLength) return;
  let from: Uint32Array = order.subarray(start, end);
  let to: Uint32Array = new Uint32Array(end - start);
  for (let width = runLength; width < from.length; width *= 2) {
    for (let left = 0; left < from.length; left += 2 * width) merge(from, to, left, width, scoreOf);
    [from, to] = [to, from];
  }
  if (from.buffer !== order.buffer) order.set(from, start);
}

/** Merges two neighbouring sorted runs of a width, the second of which may be shorter or empty. */
function merge(
  from: Uint32Array,
  to: Uint32Array,
  left: number,
  width: number,
  scoreOf: ArrayLike<number>,
): void {
  const middle = Math.min(left + width, from.length);
  const end = Math.min(left + 2 * width, from.length);
  let [first, second] = [left, middle];
  for (let place = left; place < end; place++) {
    const takesFirst =
      first < middle &&
      (second >= end ||
        (scoreOf[from[first] as number] as number) >= (scoreOf[from[second] as number] as number));
    to[place] = from[takesFirst ? first++ : second++] as number;
  }
}
