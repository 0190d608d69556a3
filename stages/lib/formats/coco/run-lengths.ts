import type { BoxXyxyPx } from '../../dataset/record.js';

/**
 * COCO's compressed run lengths (cocoapi, common/maskApi.c, rleToString): the lengths of runs of 0 and 1 in turn,
 * column by column; from the fourth on, the difference to the length two before; five bits a character, least first.
 */
export function compressRuns(runs: readonly number[]): string {
  const codes: number[] = [];
  for (const [index, run] of runs.entries()) {
    let rest = index > 2 ? run - (runs[index - 2] ?? 0) : run;
    for (let more = true; more;) {
      let bits = rest & 0x1f;
      rest >>= 5;
      more = bits & 0x10 ? rest !== -1 : rest !== 0;
      if (more) bits |= 0x20;
      codes.push(bits + 48);
    }
  }
  return Buffer.from(codes).toString('latin1');
}

/** The reverse of `compressRuns`. @throws RangeError for a text that ends within a number or has other characters */
export function expandRuns(counts: string): number[] {
  const runs: number[] = [];
  for (let at = 0; at < counts.length;) {
    let value = 0;
    for (let shift = 0, more = true; more; shift += 5) {
      const bits = counts.charCodeAt(at++) - 48;
      if (!(bits >= 0 && bits < 64) || shift > 30) throw new RangeError('not compressed run lengths');
      value |= (bits & 0x1f) << shift;
      more = (bits & 0x20) !== 0;
      if (!more && bits & 0x10) value |= -1 << (shift + 5);
    }
    if (runs.length > 2) value += runs[runs.length - 2] ?? 0;
    if (value < 0) throw new RangeError('not compressed run lengths');
    runs.push(value);
  }
  return runs;
}

/**
 * The box around the ones of a run-length mask (maskApi.c, rleToBbox).
 * @param height of the mask; runs go down its columns
 * @returns undefined for an empty mask
 */
export function boxOfRuns(runs: readonly number[], height: number): BoxXyxyPx | undefined {
  let [xmin, ymin, xmax, ymax] = [Infinity, Infinity, -Infinity, -Infinity];
  let position = 0;
  for (const [index, run] of runs.entries()) {
    if (index % 2 === 1 && run > 0) {
      const last = position + run - 1;
      const [firstX, lastX] = [Math.floor(position / height), Math.floor(last / height)];
      xmin = Math.min(xmin, firstX);
      xmax = Math.max(xmax, lastX + 1);
      // A run that goes on in the next column covers that column's top and this one's bottom.
      ymin = Math.min(ymin, lastX > firstX ? 0 : position % height);
      ymax = Math.max(ymax, lastX > firstX ? height : (last % height) + 1);
    }
    position += run;
  }
  return xmin === Infinity ? undefined : [xmin, ymin, xmax, ymax];
}
